/* SPDX-License-Identifier: Apache-2.0
 *
 * Growing bytes in an arena; see buf.h. */
#include "buf.h"

#include <stdarg.h>

void pol_buf_init(pol_buf *buf, pol_arena *arena)
{
    *buf = (pol_buf){.arena = arena};
}

char *pol_buf_reserve(pol_buf *buf, size_t more)
{
    if (more > buf->room - buf->len) {
        size_t room = buf->room ? buf->room * 2 : 64;
        if (more > SIZE_MAX / 4)
            pol_trap_raise(buf->arena->trap, POL_TRAP_MEMORY, "memory");
        if (room < buf->len + more)
            room = buf->len + more;
        char *ptr = pol_arena_alloc(buf->arena, room);
        if (buf->len)
            memcpy(ptr, buf->ptr, buf->len);
        buf->ptr = ptr;
        buf->room = room;
    }
    return buf->ptr + buf->len;
}

void pol_buf_add(pol_buf *buf, const char *bytes, size_t len)
{
    if (!len)
        return;
    memcpy(pol_buf_reserve(buf, len), bytes, len);
    buf->len += len;
}

void pol_buf_str(pol_buf *buf, pol_str s)
{
    pol_buf_add(buf, s.ptr, s.len);
}

void pol_buf_cstr(pol_buf *buf, const char *text)
{
    pol_buf_add(buf, text, strlen(text));
}

void pol_buf_char(pol_buf *buf, char c)
{
    *pol_buf_reserve(buf, 1) = c;
    buf->len++;
}

void pol_buf_printf(pol_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    pol_assert(len >= 0);
    char *at = pol_buf_reserve(buf, (size_t)len + 1);
    va_start(args, fmt);
    vsnprintf(at, (size_t)len + 1, fmt, args);
    va_end(args);
    buf->len += (size_t)len;
}

pol_str pol_buf_done(pol_buf *buf)
{
    *pol_buf_reserve(buf, 1) = '\0';
    return (pol_str){buf->ptr, buf->len};
}
