/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading files; see file.h. Large regular files are mapped in front of zeroed
 * memory, so that readers may look behind the end; everything else is copied
 * into the arena. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

enum { MAP_FROM = 256 * 1024, FIRST_READ = 64 * 1024 };
static const size_t LARGEST = UINT32_MAX - 65536u;

/* An open file that the arena closes if nobody else does. */
struct pol_file {
    int fd; /* -1 when closed */
};

static void close_file(void *file)
{
    struct pol_file *f = file;
    if (f->fd > STDIN_FILENO)
        close(f->fd);
    f->fd = -1;
}

static struct pol_file *new_file(pol_arena *arena)
{
    struct pol_file *file = arena_new(arena, struct pol_file);
    file->fd = -1;
    pol_arena_defer(arena, close_file, file);
    return file;
}

/* Reads up to `room` bytes; returns how many, stopping early only at the end.
 * SIZE_MAX on error. */
static size_t read_some(int fd, char *to, size_t room)
{
    size_t got = 0;
    while (got < room) {
        ssize_t n = read(fd, to + got, room - got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return SIZE_MAX;
        if (n == 0)
            break;
        got += (size_t)n;
    }
    return got;
}

/* Reads to the end; `expected` bytes are likely. */
static const char *slurp(pol_document *doc, int fd, size_t expected)
{
    size_t room = expected ? expected + 1 : FIRST_READ, len = 0;
    char *text = pol_arena_alloc(&doc->arena, room + POL_JSON_PAD);
    for (;;) {
        size_t got = read_some(fd, text + len, room - len);
        if (got == SIZE_MAX)
            return strerror(errno);
        len += got;
        if (len < room)
            break;
        if (len > LARGEST)
            return "it is larger than 4 GiB";
        room *= 2;
        char *larger = pol_arena_alloc(&doc->arena, room + POL_JSON_PAD);
        memcpy(larger, text, len);
        text = larger;
    }
    memset(text + len, 0, POL_JSON_PAD);
    doc->text = (pol_str){text, len};
    return NULL;
}

static const char *map(pol_document *doc, int fd, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t len = (size + POL_JSON_PAD + page - 1) / page * page;
    void *place = mmap(NULL, len, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        return strerror(errno);
    if (mmap(place, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) ==
        MAP_FAILED) {
        const char *why = strerror(errno);
        munmap(place, len);
        return why;
    }
    doc->mapped = place;
    doc->mapped_len = len;
    doc->text = (pol_str){place, size};
    return NULL;
}

const char *pol_file_read(pol_document *doc, const char *path)
{
    struct pol_file *file = doc->file = new_file(&doc->arena);
    bool standard = !strcmp(path, "-");
    file->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (file->fd < 0 || fstat(file->fd, &info))
        return strerror(errno);
    if (S_ISDIR(info.st_mode))
        return "it is a folder";
    if (!standard && (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)))
        return "it is a device";
    bool regular = S_ISREG(info.st_mode);
    size_t size = regular && info.st_size > 0 ? (size_t)info.st_size : 0;
    if (size > LARGEST)
        return "it is larger than 4 GiB";
    bool at_start = lseek(file->fd, 0, SEEK_CUR) == 0;
    if (size >= MAP_FROM && at_start)
        return map(doc, file->fd, size);
    const char *why = slurp(doc, file->fd, size);
    if (!why && size && at_start && doc->text.len != size)
        return "it changed while it was read";
    return why;
}

bool pol_file_changed(pol_document *doc)
{
    struct stat info;
    struct pol_file *file = doc->file;
    bool changed = doc->mapped && !fstat(file->fd, &info) &&
                   (size_t)info.st_size != doc->text.len;
    close_file(file);
    return changed;
}
