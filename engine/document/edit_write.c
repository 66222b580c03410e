/* SPDX-License-Identifier: Apache-2.0
 *
 * See edit_write.h. */
#include "edit_write.h"

#include <strings.h>

#include "scalar.h"

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '/';
}

/* Is it a string for every reader of YAML, those of 1.1 too? */
static bool is_plain(pol_arena *arena, pol_value v)
{
    static const char *const words[] = {"y", "n", "yes", "no", "on", "off"};
    pol_value other;
    if (!v.len || !is_word(v.str[0]))
        return false;
    for (uint32_t i = 1; i < v.len; i++) {
        char c = v.str[i];
        if (!is_word(c) && !(c >= '0' && c <= '9') && c != '-' && c != '.')
            return false;
    }
    for (size_t i = 0; i < countof(words); i++) {
        if (v.len == strlen(words[i]) && !strncasecmp(v.str, words[i], v.len))
            return false;
    }
    return pol_scalar_resolve(arena, v.str, v.len, &other) ==
           POL_SCALAR_STRING;
}

static bool fits_single_quotes(pol_value v)
{
    for (uint32_t i = 0; i < v.len; i++) {
        unsigned char c = (unsigned char)v.str[i];
        if (c < ' ' || c > '~' || c == '\'')
            return false;
    }
    return true;
}

static void write_scalar(pol_buf *out, pol_value v, char style)
{
    size_t len;
    v.flags = 0;
    bool string = pol_is_string(v);
    if (string && style == '\'' && fits_single_quotes(v)) {
        pol_buf_char(out, '\'');
        pol_buf_add(out, v.str, v.len);
        pol_buf_char(out, '\'');
    } else if (string && style != '"' && is_plain(out->arena, v)) {
        pol_buf_add(out, v.str, v.len);
    } else {
        const char *text = pol_value_text(out->arena, v, POL_TEXT_JSON, &len);
        pol_buf_add(out, text, len);
    }
}

/* Values are as deep as the readers and the virtual machine let them be. */
void pol_edit_write(pol_buf *out, pol_value v, char style)
{
    bool object = v.tag == POL_OBJECT;
    if (!pol_is_collection(v)) {
        write_scalar(out, v, style);
        return;
    }
    pol_buf_char(out, object ? '{' : '[');
    for (uint32_t i = 0; i < v.len; i++) {
        if (i)
            pol_buf_cstr(out, ", ");
        if (object) {
            write_scalar(out, pol_key_at(v, i), style);
            pol_buf_cstr(out, ": ");
        }
        pol_edit_write(out, object ? pol_value_at(v, i) : pol_at(v, i), style);
    }
    pol_buf_char(out, object ? '}' : ']');
}
