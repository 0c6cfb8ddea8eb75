#!/usr/bin/env bash
# Build the whole stack with a real engine, run the main job through the gateway, take everything down.
#
# Where an engine answers already, it is used with the real base images. Elsewhere (root on Debian, Docker Engine and
# debootstrap installed) an engine is started with a socket and folders of its own, and the two base images are made
# locally from Debian's packages, tagged as the real ones: that verifies our files, not those images.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=$PWD
work=$(mktemp -d "${TMPDIR:-/tmp}/scenedesk-compose.XXXXXX")
project=scenedesk-e2e-$$
port=${SCENEDESK_PORT:-8017}
engine=
started=$SECONDS

say() { printf '%4d s  %s\n' "$((SECONDS - started))" "$*"; }

compose() { (cd "$work/checkout" && "${compose[@]}" --project-name "$project" "$@"); }

clean_up() {
  local code=$?
  trap - EXIT
  if [ "$code" -ne 0 ] && [ -d "$work/checkout" ]; then
    compose ps || true
    compose logs --tail 40 || true
  fi
  [ -d "$work/checkout" ] && compose down --volumes --timeout 10 >/dev/null 2>&1 || true
  if [ -n "$engine" ]; then
    kill "$engine" 2>/dev/null || true
    wait "$engine" 2>/dev/null || true
    for mount in $(awk -v at="$work" 'index($2, at) == 1 { print $2 }' /proc/mounts | sort -r); do
      umount "$mount" || true
    done
    ip link delete docker0 2>/dev/null || true
    iptables-restore <"$work/iptables"
  fi
  rm -rf "$work"
  say "down and removed"
  exit "$code"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

compose=(docker-compose)
command -v docker-compose >/dev/null || compose=(docker compose)

# --- An engine ---

stand_in() { # name of the image, Debian release, packages, lines of a Dockerfile
  local mirror
  mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
  debootstrap --variant=minbase "--include=$3" "$2" "$work/$2" "$mirror" >"$work/debootstrap.log" 2>&1 ||
    { tail -n 20 "$work/debootstrap.log"; return 1; }
  tar -C "$work/$2" -cf - . | docker import - "stand-in:$2" >/dev/null
  rm -rf "${work:?}/$2"
  mkdir -p "$work/$2.image"
  cp "${certificates:-/dev/null}" "$work/$2.image/ca.crt"
  cp "$root/tests/compose/database.sh" "$work/$2.image/"
  printf 'FROM stand-in:%s\n%s\n' "$2" "$4" >"$work/$2.image/Dockerfile"
  docker build --quiet --tag "$1" "$work/$2.image" >"$work/build.log" 2>&1 || { cat "$work/build.log"; return 1; }
  say "stand-in for $1"
}

if ! docker info >/dev/null 2>&1; then
  [ "$(id -u)" = 0 ] && command -v dockerd debootstrap >/dev/null || {
    echo "No engine answers. As root on Debian: apt install docker.io debootstrap iptables docker-compose" >&2
    exit 1
  }
  iptables-save >"$work/iptables" # the engine adds chains and leaves them
  export DOCKER_HOST=unix://$work/docker.sock
  dockerd --host "$DOCKER_HOST" --data-root "$work/images" --exec-root "$work/run" --pidfile "$work/pid" \
    >"$work/dockerd.log" 2>&1 &
  engine=$!
  until docker info >/dev/null 2>&1; do
    kill -0 "$engine" 2>/dev/null || { tail -n 20 "$work/dockerd.log"; exit 1; }
    sleep 0.2
  done
  say "engine $(docker version --format '{{.Server.Version}}')"
  # A host that trusts a certificate of its own needs it inside as well: in the stand-in, never in our image.
  certificates=${PIP_CERT:-${SSL_CERT_FILE:-}}
  trust=
  [ -n "$certificates" ] && trust='COPY ca.crt /etc/ssl/certs/ca-certificates.crt
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt'
  stand_in python:3.11-slim-bookworm bookworm python3,python3-venv,python3-pip,ca-certificates \
    "RUN ln -s python3 /usr/bin/python
$trust"
  stand_in pgvector/pgvector:pg17 trixie postgresql-17,postgresql-17-pgvector,gosu \
    'COPY database.sh /usr/local/bin/
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["sh", "/usr/local/bin/database.sh"]'
fi

# --- The stack ---

git ls-files -z | tar --null --files-from - -cf - | { mkdir "$work/checkout" && tar -C "$work/checkout" -xf -; }
mkdir -p "$work/checkout/media"
{
  sed '/^POSTGRES_PASSWORD=/d' .env.example
  echo "POSTGRES_PASSWORD=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
  echo "SCENEDESK_PORT=$port"
  echo "SCENEDESK_PUBLIC_URL=http://127.0.0.1:$port"
  echo "SCENEDESK_OFFLINE=true"
} >"$work/checkout/.env"

compose build >"$work/build.log" 2>&1 || { tail -n 60 "$work/build.log"; exit 1; }
say "images built ($(docker image inspect scenedesk/gateway --format '{{.Size}}' | awk '{ printf "%.0f MB", $1 / 1e6 }'))"
compose up --detach
say "up"
# Inside of the gateway the data folder is the credential.
SCENEDESK_TOKEN=$(compose exec -T gateway scenedesk --server http://127.0.0.1:8000 accounts token --service main-job --scope write | tail -n 1)
export SCENEDESK_TOKEN
.venv/bin/python tests/compose/main_job.py "http://127.0.0.1:$port"
say "main job done"
docker stats --no-stream --format '{{.Name}} {{.MemUsage}}' | sort
