"""The supervisor: a small process without the application that keeps a front end and workers running.

`app.run()` becomes it by exec (`rerun`); it starts the same command again for each worker, and hears from each by a
socket pair of its own, the line (`line`). What is done about an end is decided in `policy`.
"""
