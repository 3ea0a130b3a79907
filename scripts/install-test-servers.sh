#!/usr/bin/env bash
# Installs what the tests need beyond npm, on Debian, as root: PostgreSQL 15, the oldest supported version.
# The tests make clusters of their own; the default cluster of the package is neither made nor needed.
set -euo pipefail
if [ -x /usr/lib/postgresql/15/bin/postgres ]; then
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
apt-get install -y --no-install-recommends postgresql-15
