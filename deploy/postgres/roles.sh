#!/usr/bin/env bash
# Two roles: onestop_owner makes the tables, onestop_app works with them and cannot bypass row-level security.
# The server's image runs this once, on an empty volume.
set -euo pipefail
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  --set owner_password="$ONESTOP_OWNER_PASSWORD" --set app_password="$ONESTOP_APP_PASSWORD" <<'SQL'
CREATE ROLE onestop_owner LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE onestop_app LOGIN NOSUPERUSER NOBYPASSRLS PASSWORD :'app_password';
CREATE DATABASE onestop OWNER onestop_owner;
\connect onestop
GRANT USAGE ON SCHEMA public TO onestop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE onestop_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO onestop_app;
ALTER DEFAULT PRIVILEGES FOR ROLE onestop_owner IN SCHEMA public
  GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO onestop_app;
SQL
