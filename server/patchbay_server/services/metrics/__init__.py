"""What Prometheus reads: numbers of engine, pools, trainings and deployments, from the database, at each scrape.

Nothing is counted in this process: any number of web processes tell the same, and a restart loses nothing.
One file per subject, listed in `exposition.SUBJECTS`; their SQL is in `queries`.
"""
