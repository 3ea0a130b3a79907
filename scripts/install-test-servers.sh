#!/usr/bin/env bash
# Installs what the tests need beyond npm, on Debian, as root: PostgreSQL 15 (the oldest supported version) and Chromium.
# The tests make clusters of their own; the default cluster of the package is neither made nor needed.
# Elasticsearch is fetched by scripts/elasticsearch, which needs Maven and a JDK 21 or newer on the machine.
set -euo pipefail
packages=()
[ -x /usr/lib/postgresql/15/bin/postgres ] || packages+=(postgresql-15)
[ -x /usr/bin/chromium ] || packages+=(chromium)
[ -x "$(command -v unzip)" ] || packages+=(unzip)
if [ ${#packages[@]} -eq 0 ]; then
  exit 0
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update
apt-get install -y --no-install-recommends postgresql-common
echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
apt-get install -y --no-install-recommends "${packages[@]}"
