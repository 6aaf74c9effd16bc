/*
 * Artifacts as files, shared by all sessions and databases of the server, which map them (models.c).
 *
 * A file is named after the SHA-256 of its bytes, is written aside, renamed when complete, and never changed: what is
 * mapped stays what it is, even when the file is removed. So nothing is locked, and two backends that store the same
 * file do no harm. Nothing here must last: the artifacts are in the database. Whoever names a digest may map its file;
 * but a digest is told only where its bytes may be read.
 *
 * Directory and files begin as PostgreSQL's temporary files do, which base backups and pg_rewind leave out.
 */
#include "models.h"

#include <limits.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "miscadmin.h"
#include "storage/fd.h"
#include "utils/guc.h"
#include "utils/memutils.h"
#if PG_VERSION_NUM >= 170000
#include "common/file_utils.h"
#endif

#include "pgml.h"

static char *directory;
static int	budget_kilobytes;

void
pgml_model_files_init(void)
{
	DefineCustomStringVariable("pgml.model_cache_directory",
							   "Where the files of models are kept, relative to the data directory.",
							   "All sessions share these files. It may be emptied at any time.",
							   &directory, PG_TEMP_FILE_PREFIX ".pgml", PGC_SUSET, 0, NULL, NULL, NULL);
	DefineCustomIntVariable("pgml.model_cache_size",
							"How large the files of models may be together.",
							"The files used longest ago make room. With 0 there are no files, and each session has its own copy of a model.",
							&budget_kilobytes, 1024 * 1024, 0, MAX_KILOBYTES, PGC_SUSET, GUC_UNIT_KB, NULL, NULL, NULL);
}

static void
file_path(char *path, const uint8 *digest)
{
	int			length = snprintf(path, MAXPGPATH, "%s/%s.", directory, PG_TEMP_FILE_PREFIX);

	for (int i = 0; i < DIGEST_BYTES && length < MAXPGPATH - 2; i++)
		length += snprintf(path + length, MAXPGPATH - length, "%02x", digest[i]);
}

int
pgml_open_model_file(const uint8 *digest, size_t *bytes)
{
	char		path[MAXPGPATH];
	struct stat status;
	int			file;

	if (budget_kilobytes == 0)
		return -1;
	file_path(path, digest);
	file = OpenTransientFile(path, O_RDONLY | PG_BINARY);
	if (file < 0)
		return -1;
	if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0)
	{
		CloseTransientFile(file);
		return -1;
	}
	/* The time of the last use, by which files make room. */
	(void) utimes(path, NULL);
	*bytes = status.st_size;
	return file;
}

void
pgml_remove_model_file(const uint8 *digest)
{
	char		path[MAXPGPATH];

	file_path(path, digest);
	(void) unlink(path);
}

typedef struct StoredFile
{
	char		path[MAXPGPATH];
	off_t		bytes;
	time_t		used;
} StoredFile;

static int
used_earlier(const void *left, const void *right)
{
	time_t		a = ((const StoredFile *) left)->used;
	time_t		b = ((const StoredFile *) right)->used;

	return a < b ? -1 : a > b;
}

/*
 * Removes the files used longest ago until `wanted` more bytes fit. That may be a file which another backend is writing:
 * its renaming fails then, and it goes on without.
 */
static void
make_room_on_disk(size_t wanted)
{
	int			count = 0;
	int			room = 64;
	StoredFile *files = palloc(sizeof(StoredFile) * room);
	uint64		total = wanted;
	uint64		budget = (uint64) budget_kilobytes * 1024;
	DIR		   *listing = AllocateDir(directory);
	struct dirent *entry;

	while ((entry = ReadDirExtended(listing, directory, LOG)) != NULL)
	{
		struct stat status;

		if (strncmp(entry->d_name, PG_TEMP_FILE_PREFIX, strlen(PG_TEMP_FILE_PREFIX)) != 0)
			continue;
		if (count == room)
		{
			room *= 2;
			files = repalloc_huge(files, sizeof(StoredFile) * room);
		}
		snprintf(files[count].path, MAXPGPATH, "%s/%s", directory, entry->d_name);
		if (lstat(files[count].path, &status) != 0 || !S_ISREG(status.st_mode))
			continue;
		files[count].bytes = status.st_size;
		files[count].used = status.st_mtime;
		total += status.st_size;
		count++;
	}
	if (listing != NULL)
		FreeDir(listing);
	qsort(files, count, sizeof(StoredFile), used_earlier);
	for (int i = 0; i < count && total > budget; i++)
	{
		(void) unlink(files[i].path);
		total -= files[i].bytes;
	}
	pfree(files);
}

/* Writes a whole file; on failure errno says why. */
static bool
write_file(const char *path, const char *content, size_t bytes)
{
	int			file = OpenTransientFile(path, O_CREAT | O_EXCL | O_WRONLY | PG_BINARY);

	if (file < 0)
		return false;
	while (bytes > 0)
	{
		ssize_t		written;

		errno = 0;
		written = write(file, content, bytes);
		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
		{
			int			reason = errno != 0 ? errno : ENOSPC;

			CloseTransientFile(file);
			errno = reason;
			return false;
		}
		content += written;
		bytes -= written;
	}
	/* The name must not outlive the bytes when the power fails: a file with the right name is believed. */
	if (pg_fsync(file) != 0)
	{
		int			reason = errno;

		CloseTransientFile(file);
		errno = reason;
		return false;
	}
	return CloseTransientFile(file) == 0;
}

bool
pgml_store_model_file(const uint8 *digest, const char *artifact, size_t bytes)
{
	static uint32 counter = 0;
	static bool told = false;
	char		path[MAXPGPATH];
	char		aside[MAXPGPATH] = "";

	if (bytes > (uint64) budget_kilobytes * 1024)
		return false;
	if (MakePGDirectory(directory) == 0 || errno == EEXIST)
	{
		make_room_on_disk(bytes);
		file_path(path, digest);
		snprintf(aside, sizeof(aside), "%s/%s.%d.%u", directory, PG_TEMP_FILE_PREFIX, MyProcPid, counter++);
		/* What a process with this number has left when the server was killed. */
		(void) unlink(aside);
		if (write_file(aside, artifact, bytes) && rename(aside, path) == 0)
			return true;
	}
	if (!told)
		ereport(LOG,
				(errcode_for_file_access(),
				 errmsg("could not store a model in the directory \"%s\": %m", directory),
				 errdetail("Sessions that predict with it have copies of their own."),
				 errhint("Make room there, or set pgml.model_cache_directory.")));
	told = true;
	(void) unlink(aside);
	return false;
}
