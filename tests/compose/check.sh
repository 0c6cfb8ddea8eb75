#!/bin/sh
# Validate the compose files as docker-compose reads them. No engine is needed, and no .env of yours is touched.
set -eu
cd "$(dirname "$0")/../.."
compose=$(command -v docker-compose || true)
[ -n "$compose" ] || { docker compose version >/dev/null 2>&1 && compose="docker compose"; } || {
  echo "Neither docker-compose nor docker compose is here (Debian: apt install docker-compose)." >&2
  exit 1
}
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cp docker-compose.yml docker-compose.gpu.yml Dockerfile "$copy"
sed 's/^POSTGRES_PASSWORD=.*/POSTGRES_PASSWORD=only-for-this-check/' .env.example >"$copy/.env"
cd "$copy"
$compose -f docker-compose.yml config -q
$compose -f docker-compose.yml -f docker-compose.gpu.yml config -q
if sed 's/^POSTGRES_PASSWORD=.*//' .env >.env.bare && mv .env.bare .env && $compose config -q 2>/dev/null; then
  echo "docker-compose.yml accepts a missing POSTGRES_PASSWORD" >&2
  exit 1
fi
echo "compose files: ok ($($compose version --short 2>/dev/null || echo '?'))"
