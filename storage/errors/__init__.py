"""Errors of the database, its pictures, its spool and its backups: what failed, and what an operator can do.

    StorageError
    +-- OldSqliteError              the SQLite in use can damage a file
    +-- UnreadableError             the file, or its folder, can't be opened or made
    |   +-- WrongPlaceError         nor can it ever be, as long as storage.path says so
    |   +-- MovedError              it was opened, and is not there any more, or not whole
    |   +-- OrphanedLogError        it is gone, and its write-ahead log is still there
    +-- ReadFailedError             a read failed, or gave nonsense: too early to call it damage
    +-- NotADatabaseError           the file is no SQLite database, or a damaged one
    |   +-- EmptyDatabaseError      it is empty, as no database ever is
    +-- ForeignDatabaseError        a database, but another program's
    |   +-- PredecessorError        the predecessor's
    +-- NotAPredecessorError        a file that was to be imported, and is not the predecessor's
    +-- SchemaError                 .differences: what was added to its structure, altered or removed
    +-- DatabaseTooNewError         .names: migrations that this program does not know
    +-- DatabaseTooOldError         it lacks migrations, which only a start of the bot or `migrate` applies
    +-- MigrationFailedError        .name: the step that failed, and left nothing behind
    +-- BackupFailedError           no good backup could be made
    +-- BadBackupError              a backup is not whole, or was altered
    +-- RestoreFailedError          the disk, or what is in the backup, is in the way of restoring it
    +-- NotReplacedError            something is in the place of what a backup has
    +-- RestoreUnfinishedError      a restore was broken off, and must be done again
    +-- StorageBusyError            another process holds the database
    +-- StorageUnwritableError      a write failed: disk full, read-only or broken
    +-- DatabaseLockedError         another bot serves this database
    +-- SpoolLockedError            another bot's spool is there
    +-- ReplayInProgressError       queued changes are being replayed first
    +-- StorageClosedError          the store was closed
    +-- ChartsUnreadableError       the folder of the charts can't be opened or made
    +-- ChartUnwritableError        a picture could not be stored: disk full, read-only or broken
    +-- ChartUnreadableError        .why: a picture can't be read now, and may be there
    +-- ChartLostError              a picture is lost
    |   +-- ChartMissingError       its file is not there
    |   +-- ChartAlteredError       its file has other bytes

Each names the file. A failed write left nothing behind.
"""


class StorageError(Exception):
    """The database can't be used as it is; the message is for an operator."""
