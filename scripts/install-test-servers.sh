#!/usr/bin/env bash
# Installs what the tests need beyond npm, on Debian, as root: PostgreSQL 15, the oldest supported version, and Chromium.
# The tests make clusters of their own; the default cluster of the package is neither made nor needed.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
missing=()
[ -x /usr/lib/postgresql/15/bin/postgres ] || missing+=(postgresql-15)
[ -x /usr/bin/chromium ] || missing+=(chromium)
[ ${#missing[@]} -gt 0 ] || exit 0
apt-get update
if [ ! -x /usr/lib/postgresql/15/bin/postgres ]; then
  apt-get install -y --no-install-recommends postgresql-common
  echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
fi
apt-get install -y --no-install-recommends "${missing[@]}"
