"""Who may do what: users, sign-in, tokens, projects, members, rights, audit, secrets."""
