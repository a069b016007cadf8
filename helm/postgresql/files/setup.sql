-- Brings roles, passwords and the database to what the values say. Harmless to repeat.

-- Empty where the pod has no such variable.
\set admin_password ''
\getenv admin_password ADMIN_PASSWORD
\set app_user ''
\getenv app_user APP_USER
\set app_password ''
\getenv app_password APP_PASSWORD
\set app_database ''
\getenv app_database APP_DATABASE

-- A statement that fails is logged with its text, which may hold a password.
SET log_min_error_statement = panic;

-- An empty password is none: it is stored as NULL, and no network login can succeed.
SET client_min_messages = warning;
ALTER ROLE postgres PASSWORD :'admin_password';

SELECT :'app_user' <> '' AS has_app_user, :'app_database' <> '' AS has_app_database \gset

\if :has_app_user
  SELECT format('CREATE ROLE %I', :'app_user')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'app_user') \gexec
  ALTER ROLE :"app_user"
    LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'app_password';
\else
  \set app_user postgres
\endif

\if :has_app_database
  SELECT format('CREATE DATABASE %I', :'app_database')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'app_database') \gexec
  ALTER DATABASE :"app_database" OWNER TO :"app_user";
\endif
