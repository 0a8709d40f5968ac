"""Numbers of PostgreSQL's advisory locks, together, so that no two things share one."""

MIGRATION, AUDIT, ARTIFACTS, NOTIFICATIONS, PUBLISHING = range(7283641, 7283646)
