-- A role and a database for logs, run once as a superuser: psql -v ON_ERROR_STOP=1 -f postgres.sql
-- The password goes into the password file of the box's user (~/.pgpass, mode 0600), and into no URL:
--   \password e2evote_box

CREATE ROLE e2evote_box LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 20;
CREATE DATABASE e2evote OWNER e2evote_box ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE e2evote FROM PUBLIC;
GRANT CONNECT, CREATE ON DATABASE e2evote TO e2evote_box;

-- The log asks for these at each write and refuses to write without them; so they are said where they belong.
ALTER DATABASE e2evote SET synchronous_commit = on;
ALTER DATABASE e2evote SET timezone = 'UTC';

\connect e2evote
REVOKE ALL ON SCHEMA public FROM PUBLIC;
