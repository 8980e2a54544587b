"""Applications of other frameworks beneath a path (docs/mounting.md): ASGI on the loop, WSGI in threads.

exchange -> scope or environ -> application -> reply
"""
