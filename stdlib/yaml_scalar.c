/* SPDX-License-Identifier: Apache-2.0
 *
 * Styles of YAML scalars: plain where the text could not be taken for anything
 * else, a block for several lines, else quoted. */
#include "yaml_scalar.h"

#include <stdio.h>
#include <unictype.h>

/* ---- what a plain text would be taken for ---------------------------- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(pol_value s)
{
    /* with the booleans of YAML 1.1, for readers that know them */
    static const char *const words[] = {
        "",      "~",     "null",  "Null",  "NULL", "true", "True",  "TRUE",
        "false", "False", "FALSE", "y",     "Y",    "yes",  "Yes",   "YES",
        "on",    "On",    "ON",    "n",     "N",    "no",   "No",    "NO",
        "off",   "Off",   "OFF",   ".inf",  ".Inf", ".INF", "+.inf", "+.Inf",
        "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN", ".NAN"};
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (strlen(words[i]) == s.len && memcmp(words[i], s.str, s.len) == 0)
            return true;
    return false;
}

static size_t digits(const char *at, const char *set)
{
    size_t count = 0;
    while (at[count] != 0 && strchr(set, at[count]) != NULL)
        count++;
    return count;
}

enum { NUMBER_ROOM = 400 };

/* Is the text a number? Longer ones than any that is meant as one are not
 * looked at. */
static bool is_number(pol_value s)
{
    char text[NUMBER_ROOM];
    size_t len = 0;
    for (uint32_t i = 0; i < s.len; i++) {
        if (len + 1 == NUMBER_ROOM || s.str[i] == 0)
            return false;
        if (s.str[i] != '_')
            text[len++] = s.str[i];
    }
    text[len] = 0;
    const char *at = text + (text[0] == '+' || text[0] == '-');
    if (at[0] == '0' && at[1] != 0 && strchr("xbo", at[1]) != NULL) {
        const char *set = at[1] == 'x'   ? "0123456789abcdefABCDEF"
                          : at[1] == 'b' ? "01"
                                         : "01234567";
        size_t count = digits(at + 2, set);
        return count > 0 && at[2 + count] == 0;
    }
    size_t whole = digits(at, "0123456789"), part = 0;
    at += whole;
    if (*at == '.')
        at += 1 + (part = digits(at + 1, "0123456789"));
    if (whole + part == 0)
        return false;
    if (*at == 'e' || *at == 'E') {
        at += 1 + (at[1] == '+' || at[1] == '-');
        size_t count = digits(at, "0123456789");
        at += count;
        if (count == 0)
            return false;
    }
    return *at == 0;
}

/* 1:20 or 1:20:30.5, which YAML 1.1 counts to base 60. */
static bool is_base60(pol_value s)
{
    size_t i = s.len > 0 && (s.str[0] == '-' || s.str[0] == '+'), groups = 0;
    if (i == s.len || !is_digit(s.str[i]))
        return false;
    while (i < s.len && (is_digit(s.str[i]) || s.str[i] == '_'))
        i++;
    while (i + 1 < s.len && s.str[i] == ':' && is_digit(s.str[i + 1])) {
        bool two = i + 2 < s.len && is_digit(s.str[i + 2]);
        if (two && s.str[i + 1] > '5')
            return false;
        i += two ? 3 : 2;
        groups++;
    }
    if (groups > 0 && i < s.len && s.str[i] == '.')
        for (i++; i < s.len && (is_digit(s.str[i]) || s.str[i] == '_');)
            i++;
    return groups > 0 && i == s.len;
}

/* yyyy-m-d, or with a time behind it? */
static bool is_timestamp(pol_value s)
{
    size_t i = 4;
    if (s.len < 8)
        return false;
    for (size_t j = 0; j < 4; j++)
        if (!is_digit(s.str[j]))
            return false;
    for (int part = 0; part < 2; part++) {
        if (i + 1 >= s.len || s.str[i] != '-' || !is_digit(s.str[i + 1]))
            return false;
        i += i + 2 < s.len && is_digit(s.str[i + 2]) ? 3 : 2;
    }
    if (i == s.len)
        return true;
    bool time = s.str[i] == 'T' || s.str[i] == 't' || s.str[i] == ' ';
    return time && i + 1 < s.len && is_digit(s.str[i + 1]);
}

static bool is_taken(pol_value s)
{
    return is_word(s) || is_number(s) || is_base60(s) || is_timestamp(s);
}

/* ---- what the characters allow --------------------------------------- */

typedef struct analysis {
    bool plain, single, block;
    bool lines; /* has \n */
} analysis;

/* As go-yaml: nothing beyond the first plane, no control characters. */
static bool is_printable(uint32_t rune)
{
    if (rune == '\n' || (rune >= 0x20 && rune <= 0x7E))
        return true;
    return (rune >= 0xA0 && rune < 0xFFFE && rune != 0xFEFF);
}

static bool is_break(uint32_t rune)
{
    return rune == '\n' || rune == '\r' || rune == 0x85 || rune == 0x2028 ||
           rune == 0x2029;
}

bool pol_yaml_has_break(pol_value s)
{
    for (size_t i = 0, size; i < s.len; i += size)
        if (is_break(pol_rune_at(s.str + i, &size)))
            return true;
    return false;
}

/* A blank, a line's end or the end of the text. */
static bool is_blank_at(pol_value s, size_t at)
{
    size_t size;
    if (at >= s.len)
        return true;
    uint32_t rune = pol_rune_at(s.str + at, &size);
    return rune == ' ' || rune == '\t' || is_break(rune);
}

/* Would the character at `at` mean something in a plain scalar? */
static bool is_indicator(pol_value s, size_t at)
{
    char c = s.str[at];
    bool blank_behind = is_blank_at(s, at + 1);
    if (c == 0)
        return false;
    if (at > 0)
        return (c == ':' && blank_behind) ||
               (c == '#' && is_blank_at(s, at - 1));
    return strchr("#,[]{}&*!|>'\"%@`", c) != NULL ||
           (strchr("?:-", c) != NULL && blank_behind);
}

static analysis analyse(pol_value s)
{
    bool special = false, tabs = false, lines = false, indicators = false;
    bool break_space = false, space_break = false, before_space = false,
         before_break = false;
    for (size_t i = 0, size; i < s.len; i += size) {
        uint32_t rune = pol_rune_at(s.str + i, &size);
        bool space = rune == ' ', breaks = is_break(rune);
        indicators |= is_indicator(s, i);
        tabs |= rune == '\t';
        special |= rune != '\t' && !is_printable(rune);
        break_space |= space && before_break;
        space_break |= breaks && before_space;
        lines |= rune == '\n';
        before_space = space;
        before_break = breaks;
    }
    indicators |= s.len >= 3 && (memcmp(s.str, "---", 3) == 0 ||
                                 memcmp(s.str, "...", 3) == 0);
    bool last_space = s.str[s.len - 1] == ' ';
    bool plain = !tabs && !special && !indicators &&
                 !pol_yaml_has_break(s) &&
                 s.str[0] != ' ' && !last_space;
    return (analysis){.plain = plain,
                      .single = !break_space && !space_break && !tabs &&
                                !special && !lines,
                      .block = !last_space && !space_break && !special,
                      .lines = lines};
}

/* ---- writing --------------------------------------------------------- */

/* Writes characters as they are, those behind a break indented; quotes twice if
 * asked for. */
static void write_lines(pol_bytes *out, pol_value s, size_t indent, bool quoted)
{
    bool begins = !quoted;
    for (size_t i = 0, size; i < s.len; i += size) {
        uint32_t rune = pol_rune_at(s.str + i, &size);
        bool breaks = is_break(rune);
        if (begins && !breaks)
            pol_bytes_fill(out, ' ', indent);
        if (quoted && rune == '\'')
            pol_bytes_byte(out, '\'');
        pol_bytes_add(out, s.str + i, size);
        begins = breaks;
    }
}

static void write_single(pol_bytes *out, pol_value s, size_t indent)
{
    pol_bytes_byte(out, '\'');
    write_lines(out, s, indent, true);
    pol_bytes_byte(out, '\'');
}

static void write_escape(pol_bytes *out, uint32_t rune)
{
    static const struct {
        uint32_t rune;
        char letter;
    } named[] = {{0, '0'},    {7, 'a'},      {8, 'b'},     {9, 't'},
                 {10, 'n'},   {11, 'v'},     {12, 'f'},    {13, 'r'},
                 {27, 'e'},   {'"', '"'},    {'\\', '\\'}, {0x85, 'N'},
                 {0xA0, '_'}, {0x2028, 'L'}, {0x2029, 'P'}};
    char text[16];
    for (size_t i = 0; i < sizeof(named) / sizeof(*named); i++)
        if (named[i].rune == rune) {
            pol_bytes_byte(out, '\\');
            pol_bytes_byte(out, named[i].letter);
            return;
        }
    snprintf(text, sizeof(text),
             rune <= 0xFF     ? "\\x%02X"
             : rune <= 0xFFFF ? "\\u%04X"
                              : "\\U%08X",
             rune);
    pol_bytes_text(out, text);
}

/* A text that begins with a byte order mark is escaped all through. */
static void write_double(pol_bytes *out, pol_value s)
{
    bool all = s.len >= 3 && memcmp(s.str, "\xEF\xBB\xBF", 3) == 0;
    pol_bytes_byte(out, '"');
    for (size_t i = 0, size; i < s.len; i += size) {
        uint32_t rune = pol_rune_at(s.str + i, &size);
        bool escaped = all || !is_printable(rune) || is_break(rune) ||
                       rune == '"' || rune == '\\';
        if (escaped)
            write_escape(out, rune);
        else
            pol_bytes_add(out, s.str + i, size);
    }
    pol_bytes_byte(out, '"');
}

/* How many bytes of the end of a text are its last break. */
static size_t last_break(pol_value s)
{
    if (s.len >= 3 && s.str[s.len - 3] == '\xE2' && is_blank_at(s, s.len - 3))
        return 3;
    return s.len > 0 && s.str[s.len - 1] == '\n';
}

static void write_block(pol_bytes *out, pol_value s, size_t indent)
{
    size_t end = last_break(s);
    pol_value before = pol_string(s.str, s.len - end);
    bool keeps = end > 0 && (before.len == 0 || last_break(before) > 0);
    pol_bytes_byte(out, '|');
    if (is_blank_at(s, 0))
        pol_bytes_byte(out, '2');
    if (keeps || end == 0)
        pol_bytes_byte(out, keeps ? '+' : '-');
    pol_bytes_byte(out, '\n');
    /* the break behind the last line comes from what follows; kept ones count */
    write_lines(out, keeps || s.str[s.len - 1] != '\n' ? s : before, indent,
                false);
}

void pol_yaml_scalar(pol_bytes *out, pol_value s, size_t indent, bool key)
{
    if (s.len == 0) {
        pol_bytes_text(out, "\"\"");
        return;
    }
    analysis a = analyse(s);
    if (a.lines && a.block && !key)
        write_block(out, s, indent);
    else if (a.lines || is_taken(s))
        write_double(out, s);
    else if (a.plain)
        pol_bytes_add(out, s.str, s.len);
    else if (a.single)
        write_single(out, s, indent);
    else
        write_double(out, s);
}

/* ---- the order of keys ----------------------------------------------- */

static bool is_letter(uint32_t rune)
{
    return uc_is_general_category_withtable(rune, UC_CATEGORY_MASK_L);
}

/* The digits at `at` as a number, and where they end. */
static double run_of_digits(pol_value s, size_t at, size_t *end)
{
    double value = 0;
    for (*end = at; *end < s.len && is_digit(s.str[*end]); ++*end)
        value = value * 10 + (s.str[*end] - '0');
    return value;
}

/* Is there a digit other than 0 in the run that ends before `at`? */
static bool has_number_before(pol_value s, size_t at)
{
    while (at > 0 && is_digit(s.str[at - 1]))
        if (s.str[--at] != '0')
            return true;
    return false;
}

/* Orders two keys that first differ at `at`. */
static int order_at(pol_value a, pol_value b, size_t at)
{
    size_t size, a_end, b_end;
    uint32_t x = pol_rune_at(a.str + at, &size);
    uint32_t y = pol_rune_at(b.str + at, &size);
    bool x_letter = is_letter(x), y_letter = is_letter(y);
    bool digits_before = at > 0 && is_digit(a.str[at - 1]);
    if (x_letter != y_letter)
        return x_letter == digits_before ? -1 : 1;
    if (!x_letter) {
        double m = run_of_digits(a, at, &a_end),
               n = run_of_digits(b, at, &b_end);
        bool zeros = (x == '0' || y == '0') && has_number_before(a, at);
        /* within a number a leading zero counts as a place */
        if (zeros && a_end != b_end)
            return a_end < b_end ? -1 : 1;
        if (m != n)
            return m < n ? -1 : 1;
        if (a_end != b_end)
            return a_end < b_end ? -1 : 1;
    }
    return x < y ? -1 : 1;
}

int pol_yaml_key_order(pol_value a, pol_value b)
{
    size_t at = 0, shorter = a.len < b.len ? a.len : b.len;
    while (at < shorter && a.str[at] == b.str[at])
        at++;
    if (at == shorter)
        return (a.len > b.len) - (a.len < b.len);
    while (((unsigned char)a.str[at] & 0xC0) == 0x80)
        at--;
    return order_at(a, b, at);
}
