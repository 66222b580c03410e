/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands in the document where a violation points: a scalar with the key in
 * front of it, on one line. Nothing else of the line shows, since it may hold a
 * secret, and a secret does not show itself. */
#include "running.h"

enum { LONGEST = 200 /* bytes; a longer value is cut */ };

/* The value at a path into the properties; undefined if it is not there. */
static pol_value value_at(pol_value v, pol_value path)
{
    for (uint32_t i = 0; i < path.len && pol_is_defined(v); i++)
        v = pol_get(v, path.items[i]);
    return v;
}

static bool may_show(pol_value v)
{
    return !(v.flags & POL_SECRET) &&
           (v.tag == POL_STRING || pol_is_number(v) || pol_is_bool(v) ||
            v.tag == POL_NULL);
}

/* Where the key in front of a value begins: behind what opens or parts a
 * collection, and behind the blanks there. */
static size_t key_begins(pol_str text, size_t off)
{
    size_t at = off;
    while (at && !memchr("{[,\n", text.ptr[at - 1], 4))
        at--;
    while (at < off && memchr(" \t\r", text.ptr[at], 3))
        at++;
    return at;
}

pol_value pol_running_excerpt(pol_running *j, pol_resource *resource,
                              pol_value path)
{
    /* What was remedied is not what the document says. */
    if (!j->check->excerpts || !resource || resource->remedied || !path.len ||
        !may_show(value_at(pol_resource_props(&j->set, resource), path)))
        return pol_undefined();
    pol_location at =
        pol_resource_locate(&j->set, resource, path.items, path.len);
    pol_str text = j->set.document->text;
    if (!at.found || at.off + at.len > text.len)
        return pol_undefined();
    size_t from = key_begins(text, at.off), to = at.off + at.len;
    const char *feed = memchr(text.ptr + at.off, '\n', at.len);
    if (feed)
        to = (size_t)(feed - text.ptr);
    if (to - from > LONGEST) {
        to = from + LONGEST;
        while (to > from && ((unsigned char)text.ptr[to] & 0xc0) == 0x80)
            to--;
    }
    return pol_string_copy(&j->report->arena, text.ptr + from, to - from);
}

void pol_check_excerpts(pol_check *check)
{
    check->excerpts = true;
}
