/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the reading of archives: the bytes as a .tar.gz, and as the tar within
 * one, whose gzip is made of stored blocks. What the host gets must be within
 * the bounds of unpack.h, at paths that stay within. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "extension.h"
#include "unpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool all(void *host, const char *path)
{
    (void)host;
    (void)path;
    return true;
}

static bool file(void *host, const char *path, char *text, size_t len)
{
    size_t *room = host;
    bool out = *path == '/' || !strncmp(path, "../", 3) ||
               strstr(path, "/../") || !strcmp(path, "..");
    if (out || len > POL_UNPACK_FILE || len > *room || text[len] != '\0')
        abort();
    *room -= len;
    free(text);
    return true;
}

static void put(int fd, const void *bytes, size_t len)
{
    if (write(fd, bytes, len) != (ssize_t)len)
        abort();
}

static void put_gzip(int fd, const uint8_t *data, size_t size)
{
    static const uint8_t head[10] = {0x1f, 0x8b, 8}, last[5] = {1, 0, 0, 255, 255};
    static const uint8_t check[8];
    put(fd, head, sizeof head);
    while (size) {
        size_t n = size < 65535 ? size : 65535;
        uint8_t low = n & 255, high = (uint8_t)(n >> 8);
        uint8_t block[5] = {0, low, high, (uint8_t)~low, (uint8_t)~high};
        put(fd, block, sizeof block);
        put(fd, data, n);
        data += n;
        size -= n;
    }
    put(fd, last, sizeof last);
    put(fd, check, sizeof check);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    void *library = pol_extension_open("archive");
    void *symbol = library ? dlsym(library, "pol_unpack_file") : NULL;
    pol_unpack_function *read_archive;
    char path[64];
    int fd = memfd_create("archive", MFD_CLOEXEC);
    if (!symbol || fd < 0)
        abort();
    memcpy(&read_archive, &symbol, sizeof symbol);
    if (size && data[0] & 1)
        put(fd, data + 1, size - 1);
    else if (size)
        put_gzip(fd, data + 1, size - 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    size_t room = POL_UNPACK_TOTAL;
    pol_unpack unpack = {.host = &room, .wanted = all, .file = file};
    if (!read_archive(path, &unpack) && !*unpack.error)
        abort();
    close(fd);
    return 0;
}
