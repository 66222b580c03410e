/* SPDX-License-Identifier: Apache-2.0
 *
 * Formats of strings, as far as gojsonschema knows them. */
#include <arpa/inet.h>

#include "gourl.h"
#include "re2_syntax.h"
#include "schema_check.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alnum(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A cursor over a text. */
typedef struct scan {
    const char *at, *end;
} scan;

static bool eat(scan *s, char c)
{
    if (s->at == s->end || *s->at != c)
        return false;
    s->at++;
    return true;
}

/* `count` digits with a value of at most `most`. */
static bool number(scan *s, int count, int most, int *out)
{
    *out = 0;
    for (int i = 0; i < count; i++) {
        if (s->at == s->end || !is_digit(*s->at))
            return false;
        *out = *out * 10 + (*s->at++ - '0');
    }
    return *out <= most;
}

static bool date(scan *s)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year, month, day;
    if (!number(s, 4, 9999, &year) || !eat(s, '-') ||
        !number(s, 2, 12, &month) || !eat(s, '-') || !number(s, 2, 31, &day) ||
        month == 0 || day == 0)
        return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static bool clock_time(scan *s)
{
    int n;
    if (!number(s, 2, 23, &n) || !eat(s, ':') || !number(s, 2, 59, &n) ||
        !eat(s, ':') || !number(s, 2, 59, &n))
        return false;
    if (s->at < s->end && (*s->at == '.' || *s->at == ',') &&
        s->end - s->at > 1 && is_digit(s->at[1]))
        for (s->at++; s->at < s->end && is_digit(*s->at);)
            s->at++;
    return true;
}

static bool zone(scan *s)
{
    int n;
    if (eat(s, 'Z'))
        return true;
    return (eat(s, '+') || eat(s, '-')) && number(s, 2, 24, &n) &&
           eat(s, ':') && number(s, 2, 60, &n);
}

static bool is_date(pol_value text)
{
    scan s = {text.str, text.str + text.len};
    return date(&s) && s.at == s.end;
}

static bool is_time(pol_value text)
{
    scan s = {text.str, text.str + text.len};
    return clock_time(&s) && (s.at == s.end || zone(&s)) && s.at == s.end;
}

static bool is_date_time(pol_value text)
{
    scan s = {text.str, text.str + text.len};
    if (is_time(text) || is_date(text))
        return true;
    return date(&s) && eat(&s, 'T') && clock_time(&s) && zone(&s) &&
           s.at == s.end;
}

static bool is_hostname(pol_value text)
{
    size_t label = 0;
    if (text.len == 0 || text.len > 255)
        return false;
    for (uint32_t i = 0; i <= text.len; i++) {
        if (i == text.len || text.str[i] == '.') {
            if (label == 0 || label > 63 || text.str[i - 1] == '-')
                return false;
            label = 0;
        } else if (!is_alnum(text.str[i]) &&
                   !(text.str[i] == '-' && label > 0)) {
            return false;
        } else {
            label++;
        }
    }
    return true;
}

/* An address without a display name: atoms, an @, a domain. */
static bool is_email(pol_value text)
{
    const char *at = text.len ? memrchr(text.str, '@', text.len) : NULL;
    if (!at || at == text.str || at + 1 == text.str + text.len)
        return false;
    char before = '.';
    for (uint32_t i = 0; i < text.len; i++) {
        char c = text.str[i];
        bool at_sign = &text.str[i] == at;
        if (c == '.' || at_sign) {
            if (before == '.')
                return false;
            before = '.';
            continue;
        }
        if ((unsigned char)c < 0x80 && !is_alnum(c) &&
            (c == 0 || !strchr("!#$%&'*+-/=?^_`{|}~", c)))
            return false;
        before = c;
    }
    return before != '.';
}

static bool is_address(pol_value text, int family)
{
    unsigned char out[16];
    char copy[64];
    if (text.len == 0 || text.len >= sizeof copy ||
        memchr(text.str, '\0', text.len))
        return false;
    memcpy(copy, text.str, text.len);
    copy[text.len] = '\0';
    return inet_pton(family, copy, out) == 1;
}

static bool is_uri(pol_call *call, pol_value text, bool absolute)
{
    pol_gourl url;
    if (memchr(text.str, '\\', text.len) || pol_gourl_parse(call, text, &url))
        return false;
    return !absolute || url.scheme.len > 0;
}

static bool is_uri_template(pol_call *call, pol_value text)
{
    pol_gourl url;
    bool open = false;
    if (pol_gourl_parse(call, text, &url))
        return false;
    for (uint32_t i = 0; i < text.len; i++) {
        if (text.str[i] == '{' && !open)
            open = true;
        else if (text.str[i] == '}' && open)
            open = false;
    }
    return !open;
}

static bool is_uuid(pol_value text)
{
    if (text.len != 36)
        return false;
    for (uint32_t i = 0; i < 36; i++) {
        char c = text.str[i];
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        bool hex =
            is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (dash ? c != '-' : !hex)
            return false;
    }
    return true;
}

static bool is_pointer(const char *at, const char *end)
{
    if (at < end && *at != '/')
        return false;
    for (; at < end; at++)
        if (*at == '~' && (at + 1 == end || (at[1] != '0' && at[1] != '1')))
            return false;
    return true;
}

static bool is_relative_pointer(pol_value text)
{
    const char *at = text.str, *end = at + text.len;
    const char *start = at;
    while (at < end && is_digit(*at))
        at++;
    if (at == start || (at - start > 1 && *start == '0'))
        return false;
    return (end - at == 1 && *at == '#') || is_pointer(at, end);
}

static bool is_regex(pol_call *call, pol_value text)
{
    pol_re2 re;
    pol_re2_error error;
    return text.len == 0 || pol_re2_parse(call, text, &re, &error);
}

bool pol_schema_format(pol_call *call, pol_value format, pol_value text)
{
    if (pol_string_is(format, "date"))
        return is_date(text);
    if (pol_string_is(format, "time"))
        return is_time(text);
    if (pol_string_is(format, "date-time"))
        return is_date_time(text);
    if (pol_string_is(format, "hostname"))
        return is_hostname(text);
    if (pol_string_is(format, "email") || pol_string_is(format, "idn-email"))
        return is_email(text);
    if (pol_string_is(format, "ipv4"))
        return is_address(text, AF_INET);
    if (pol_string_is(format, "ipv6"))
        return is_address(text, AF_INET6);
    if (pol_string_is(format, "uri") || pol_string_is(format, "iri"))
        return is_uri(call, text, true);
    if (pol_string_is(format, "uri-reference") ||
        pol_string_is(format, "iri-reference"))
        return is_uri(call, text, false);
    if (pol_string_is(format, "uri-template"))
        return is_uri_template(call, text);
    if (pol_string_is(format, "uuid"))
        return is_uuid(text);
    if (pol_string_is(format, "regex"))
        return is_regex(call, text);
    if (pol_string_is(format, "json-pointer"))
        return is_pointer(text.str, text.str + text.len);
    if (pol_string_is(format, "relative-json-pointer"))
        return is_relative_pointer(text);
    return true;
}
