/* SPDX-License-Identifier: Apache-2.0
 *
 * Source texts and places in them; see src.h. */
#include "src.h"

void pol_srcs_init(pol_srcs *srcs, pol_arena *arena)
{
    *srcs = (pol_srcs){.arena = arena};
}

uint32_t pol_srcs_add(pol_srcs *srcs, pol_str name, pol_str text)
{
    return pol_srcs_add_lines(srcs, name, text, 0);
}

uint32_t pol_srcs_add_lines(pol_srcs *srcs, pol_str name, pol_str text,
                            uint32_t lines_before)
{
    pol_assert(text.len < UINT32_MAX);
    if (srcs->count == srcs->room) {
        uint32_t room = srcs->room ? srcs->room * 2 : 8;
        pol_src *items = arena_array(srcs->arena, pol_src, room);
        if (srcs->count)
            memcpy(items, srcs->items, srcs->count * sizeof *items);
        srcs->items = items;
        srcs->room = room;
    }
    srcs->items[srcs->count] =
        (pol_src){pol_str_copy(srcs->arena, name),
                  pol_str_copy(srcs->arena, text), lines_before};
    return ++srcs->count;
}

const pol_src *pol_srcs_at(const pol_srcs *srcs, uint32_t number)
{
    return number && number <= srcs->count ? &srcs->items[number - 1] : NULL;
}

static size_t line_start(pol_str text, size_t off)
{
    while (off && text.ptr[off - 1] != '\n')
        off--;
    return off;
}

pol_place pol_src_place(const pol_src *src, size_t off)
{
    pol_str text = src->text;
    if (off > text.len)
        off = text.len;
    pol_place place = {src->lines_before + 1, 1};
    size_t start = line_start(text, off);
    for (size_t i = 0; i < start; i++)
        place.line += text.ptr[i] == '\n';
    /* A byte order mark is no character that anybody sees. */
    if (!start && off >= 3 && !memcmp(text.ptr, "\xEF\xBB\xBF", 3))
        start = 3;
    for (size_t i = start; i < off; i++)
        place.column += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return place;
}

pol_str pol_src_line(const pol_src *src, size_t off)
{
    pol_str text = src->text;
    if (off > text.len)
        off = text.len;
    size_t start = line_start(text, off), end = off;
    while (end < text.len && text.ptr[end] != '\n' && text.ptr[end] != '\r')
        end++;
    return (pol_str){text.ptr + start, end - start};
}
