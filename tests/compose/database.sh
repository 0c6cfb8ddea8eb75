#!/bin/sh
# Stand-in for the official image's entrypoint: the same three variables, the same data folder.
set -eu
install -d -o postgres -g postgres -m 700 "$PGDATA"
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  printf '%s' "$POSTGRES_PASSWORD" >/run/password
  chown postgres /run/password
  gosu postgres initdb -D "$PGDATA" -U "$POSTGRES_USER" --encoding=UTF8 --locale=C.UTF-8 --auth-host=scram-sha-256 --pwfile=/run/password >/dev/null
  rm /run/password
  echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
  gosu postgres pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start >/dev/null
  gosu postgres createdb -U "$POSTGRES_USER" "$POSTGRES_DB"
  gosu postgres pg_ctl -D "$PGDATA" -w stop >/dev/null
fi
exec gosu postgres postgres -D "$PGDATA" -c "listen_addresses=*"
