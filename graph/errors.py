"""Everything that clew raises on purpose.

::

    ClewError
    ├── SourceUnreadable        a file that can't be opened, decoded or parsed at all
    │   └── FormatUnknown       no loader recognises it
    ├── CaseUnreadable          not a case, or damaged
    │   ├── CaseLocked          another process works on it
    │   └── CaseFromNewerVersion
    ├── CaseIncomplete          a step needs an earlier one that has not been done
    ├── ParameterRefused        an option's value makes no sense
    ├── Neo4jError
    │   ├── Neo4jUnreachable
    │   ├── Neo4jRefused        the server answered, and said no: password, rights, version, database
    │   └── Neo4jUnavailable    the local server can't be installed or started here
    ├── QueryError
    │   ├── QueryNotFound
    │   ├── QueryMalformed
    │   └── QueryNotReadOnly
    ├── OutputUnwritable        a folder or file that can't be written: rights, or a full disk
    ├── MemoryTooSmall          the machine, or what it grants this process, has too little for the work
    └── MapTooLarge

A message says what happened, where, and what to do. The cause rides along in ``__cause__``.
"""

from __future__ import annotations


class ClewError(Exception):
    """Whatever clew raises on purpose; the command line prints it as one line and ends with 1."""


class SourceUnreadable(ClewError):
    """A file can't be opened, decoded or parsed at all. One bad row never raises this: it is a rejection."""


class FormatUnknown(SourceUnreadable):
    """No loader recognises the file."""


class CaseUnreadable(ClewError):
    """The file is not a case, or is damaged."""


class CaseLocked(CaseUnreadable):
    """Another process works on the case; the message names it where the system tells."""


class CaseFromNewerVersion(CaseUnreadable):
    """The case was written by a newer clew, whose schema this one does not know."""


class CaseIncomplete(ClewError):
    """A step needs an earlier one that has not been done on this case."""


class ParameterRefused(ClewError):
    """An option's value makes no sense."""


class Neo4jError(ClewError):
    """Something about Neo4j; never carries a password."""


class Neo4jUnreachable(Neo4jError):
    """No server answers at the address, or it went away."""


class Neo4jRefused(Neo4jError):
    """The server answered and said no: password, rights, version or database."""


class Neo4jUnavailable(Neo4jError):
    """The local server can't be installed or started on this machine."""


class QueryError(ClewError):
    """Something about a question asked of the graph."""


class QueryNotFound(QueryError):
    """No question of that name."""


class QueryMalformed(QueryError):
    """A query's header and body disagree, a parameter is missing, or Cypher does not parse."""


class QueryNotReadOnly(QueryError):
    """The query would write, read files or call out."""


class ProcessLost(ClewError):
    """A process that clew started to help it was ended from outside, perhaps for want of memory."""


class OutputUnwritable(ClewError):
    """A folder or file can't be written."""


class MemoryTooSmall(ClewError):
    """There is too little memory, and on the disk too little room to do without."""


class MapTooLarge(ClewError):
    """More nodes than one page can show without hanging a browser."""
