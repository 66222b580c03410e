/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading files; see file.h. Large ones go to memory of their own, in huge pages
 * where the system has them. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"

enum { LARGE = 256 * 1024, FIRST_READ = 64 * 1024 };

static const char *const changed = "it changed while it was read";
static const char *const too_large = "it is larger than 4 GiB";

static pol_file_stamp stamp_of(const struct stat *info)
{
    return (pol_file_stamp){.device = info->st_dev,
                            .inode = info->st_ino,
                            .size = (uint64_t)info->st_size,
                            .seconds = info->st_mtim.tv_sec,
                            .nanoseconds = info->st_mtim.tv_nsec};
}

static bool is_same(const pol_file_stamp *a, const pol_file_stamp *b)
{
    return a->device == b->device && a->inode == b->inode &&
           a->size == b->size && a->seconds == b->seconds &&
           a->nanoseconds == b->nanoseconds;
}

bool pol_file_is(const char *path, const pol_file_stamp *stamp)
{
    struct stat info;
    if (stat(path, &info))
        return false;
    pol_file_stamp now = stamp_of(&info);
    return is_same(&now, stamp);
}

/* ---- open files ---------------------------------------------------------- */

void pol_file_close(void *file)
{
    pol_file *f = file;
    if (f->fd > STDIN_FILENO)
        close(f->fd);
    f->fd = -1;
}

const char *pol_file_open(pol_file *file, const char *path)
{
    bool standard = !strcmp(path, "-");
    struct stat info;
    file->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &info))
        return strerror(errno);
    if (S_ISDIR(info.st_mode))
        return "it is a folder";
    if (!standard && (S_ISCHR(info.st_mode) || S_ISBLK(info.st_mode)))
        return "it is a device";
    file->regular = S_ISREG(info.st_mode);
    file->at_start = lseek(file->fd, 0, SEEK_CUR) == 0;
    file->stamp = stamp_of(&info);
    return NULL;
}

size_t pol_file_get(const pol_file *file, char *to, size_t room)
{
    size_t got = 0;
    while (got < room) {
        ssize_t n = read(file->fd, to + got, room - got);
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

bool pol_file_changed(const pol_file *file)
{
    struct stat info;
    if (!file->regular || fstat(file->fd, &info))
        return false;
    pol_file_stamp now = stamp_of(&info);
    return !is_same(&now, &file->stamp);
}

/* ---- texts --------------------------------------------------------------- */

/* Reads to the end; `expected` bytes are likely. */
static const char *slurp(pol_document *doc, const pol_file *file,
                         size_t expected)
{
    size_t room = expected ? expected + 1 : FIRST_READ, len = 0;
    char *text = pol_arena_alloc(&doc->arena, room + POL_JSON_PAD);
    for (;;) {
        size_t got = pol_file_get(file, text + len, room - len);
        if (got == SIZE_MAX)
            return strerror(errno);
        len += got;
        if (len < room)
            break;
        if (len > POL_FILE_LARGEST)
            return too_large;
        room *= 2;
        char *larger = pol_arena_alloc(&doc->arena, room + POL_JSON_PAD);
        memcpy(larger, text, len);
        text = larger;
    }
    memset(text + len, 0, POL_JSON_PAD);
    doc->text = (pol_str){text, len};
    return NULL;
}

static const char *fill(pol_document *doc, const pol_file *file, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t len = (size + POL_JSON_PAD + page - 1) / page * page;
    void *place = mmap(NULL, len, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED)
        return strerror(errno);
    doc->pages = place;
    doc->pages_len = len;
    madvise(place, len, MADV_HUGEPAGE);
    size_t got = pol_file_get(file, place, size);
    if (got == SIZE_MAX)
        return strerror(errno);
    doc->text = (pol_str){place, got};
    return got == size ? NULL : changed;
}

const char *pol_file_read(pol_document *doc, const char *path)
{
    pol_file *file = arena_new(&doc->arena, pol_file);
    *file = (pol_file){.fd = -1};
    pol_arena_defer(&doc->arena, pol_file_close, file);
    const char *why = pol_file_open(file, path);
    if (why)
        return why;
    size_t size = file->regular ? (size_t)file->stamp.size : 0;
    if (size > POL_FILE_LARGEST)
        return too_large;
    doc->stamp = file->stamp;
    why = size >= LARGE && file->at_start ? fill(doc, file, size)
                                          : slurp(doc, file, size);
    if (!why && pol_file_changed(file))
        why = changed;
    pol_file_close(file);
    return why;
}
