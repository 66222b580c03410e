/* SPDX-License-Identifier: Apache-2.0
 *
 * uri.parse and uri.is_valid: URLs as Go's net/url reads them, with its words
 * for what is wrong. */
#include <arpa/inet.h>
#include <stdlib.h>

#include "bytes.h"
#include "gofmt.h"

/* A URL and its parts, which borrow from it until they are unescaped. */
typedef struct uri {
    pol_call *call;
    pol_value scheme, hostname, port, path, raw_path, query, fragment;
    const char *error; /* NUL-terminated, in the arena or constant */
} uri;

typedef enum { ESCAPES_PATH, ESCAPES_FRAGMENT, ESCAPES_USER, ESCAPES_HOST,
               ESCAPES_ZONE } escapes;

static bool fail(uri *u, const char *what)
{
    u->error = what;
    return false;
}

/* Fails with a quoted part between two texts. */
static bool fail_part(uri *u, const char *what, pol_value part,
                      const char *behind)
{
    pol_bytes out;
    pol_bytes_init(&out, u->call, (size_t)part.len + 64);
    pol_bytes_text(&out, what);
    pol_gofmt_quote(&out, pol_rune_clean(u->call, part.str, part.len), false);
    pol_bytes_text(&out, behind);
    pol_bytes_byte(&out, 0);
    return fail(u, out.at);
}

static pol_value slice(pol_value s, size_t from, size_t to)
{
    return pol_string(s.str + from, to - from);
}

/* Cuts at the first `mark`: what is before it is left in *s, what is behind it
 * returned; empty if there is no mark. */
static pol_value cut(pol_value *s, char mark)
{
    const char *at = s->len ? memchr(s->str, mark, s->len) : NULL;
    if (at == NULL)
        return pol_literal("");
    size_t len = (size_t)(at - s->str);
    pol_value rest = slice(*s, len + 1, s->len);
    *s = slice(*s, 0, len);
    return rest;
}

/* ---- escapes ---------------------------------------------------------------------- */

static bool is_alnum(char c)
{
    char lower = c | 0x20;
    return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
}

static bool in_set(char c, const char *set)
{
    return c != 0 && strchr(set, c) != NULL;
}

static int unhex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* May the byte stand in a host as it is? */
static bool is_host_byte(char c)
{
    return (unsigned char)c >= 0x80 || is_alnum(c) ||
           in_set(c, "-_.~!$&'()*+,;=:[]<>\"");
}

/* May the byte at `at` be written as an escape there? Hosts have them for what
 * is not ASCII, zones for what could not stand there otherwise. */
static bool may_escape(pol_value s, size_t at, escapes where, int byte)
{
    bool percent = memcmp(s.str + at, "%25", 3) == 0;
    if (where == ESCAPES_HOST)
        return byte >= 0x80 || percent;
    if (where == ESCAPES_ZONE)
        return percent || byte == ' ' || is_host_byte((char)byte);
    return true;
}

static bool unescape(uri *u, pol_value s, escapes where, pol_value *out)
{
    pol_bytes text;
    pol_bytes_init(&text, u->call, s.len);
    for (size_t i = 0; i < s.len; i++) {
        char c = s.str[i];
        bool host = where == ESCAPES_HOST || where == ESCAPES_ZONE;
        if (c != '%') {
            if (host && !is_host_byte(c))
                return fail_part(u, "invalid character ", slice(s, i, i + 1),
                                 " in host name");
            pol_bytes_byte(&text, c);
            continue;
        }
        size_t left = s.len - i;
        int byte = -1;
        if (left >= 3 && unhex(s.str[i + 1]) >= 0 && unhex(s.str[i + 2]) >= 0)
            byte = unhex(s.str[i + 1]) * 16 + unhex(s.str[i + 2]);
        if (byte < 0 || !may_escape(s, i, where, byte))
            return fail_part(u, "invalid URL escape ",
                             slice(s, i, i + (left < 3 ? left : 3)), "");
        pol_bytes_byte(&text, (char)byte);
        i += 2;
    }
    *out = pol_rune_clean(u->call, text.at, text.len);
    return true;
}

/* Would Go write the path back as it was? Then that is its raw form too. */
static bool is_default_escape(pol_value path, pol_value raw)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t at = 0;
    for (size_t i = 0; i < path.len; i++) {
        char c = path.str[i];
        bool plain = is_alnum(c) || in_set(c, "-_.~$&+,/:;=@");
        unsigned char byte = (unsigned char)c;
        char text[3] = {plain ? c : '%', hex[byte >> 4], hex[byte & 15]};
        size_t len = plain ? 1 : 3;
        if (raw.len - at < len || memcmp(raw.str + at, text, len) != 0)
            return false;
        at += len;
    }
    return at == raw.len;
}

/* ---- parts ---------------------------------------------------------------------------- */

/* Takes "scheme:" off *rest, if it is there. */
static bool read_scheme(uri *u, pol_value *rest)
{
    for (uint32_t i = 0; i < rest->len; i++) {
        char c = rest->str[i], lower = c | 0x20;
        bool letter = lower >= 'a' && lower <= 'z';
        if (c == ':' && i == 0)
            return fail(u, "missing protocol scheme");
        if (c == ':') {
            char *scheme = pol_call_alloc(u->call, i);
            for (uint32_t j = 0; j < i; j++) {
                char s = rest->str[j];
                scheme[j] = s >= 'A' && s <= 'Z' ? s ^ 0x20 : s;
            }
            u->scheme = pol_string(scheme, i);
            *rest = slice(*rest, i + 1, rest->len);
            return true;
        }
        if (!letter && (i == 0 || !(is_alnum(c) || in_set(c, "+-."))))
            return true;
    }
    return true;
}

/* Empty, or a colon and digits? */
static bool is_port(pol_value s)
{
    for (uint32_t i = 0; i < s.len; i++)
        if (i == 0 ? s.str[i] != ':' : s.str[i] < '0' || s.str[i] > '9')
            return false;
    return true;
}

static bool check_port(uri *u, pol_value port)
{
    return is_port(port) ||
           fail_part(u, "invalid port ", port, " after host");
}

/* Is the text in brackets an address of version 6? */
static bool check_address(uri *u, pol_value host)
{
    char text[INET6_ADDRSTRLEN + 1];
    unsigned char address[16];
    pol_value zoneless = host;
    cut(&zoneless, '%');
    bool fits = zoneless.len < sizeof(text);
    size_t len = fits ? zoneless.len : 0;
    if (len > 0)
        memcpy(text, zoneless.str, len);
    text[len] = 0;
    if (inet_pton(AF_INET, text, address) == 1)
        return fail(u, "invalid IP-literal");
    if (fits && strlen(text) == len && inet_pton(AF_INET6, text, address) == 1)
        return true;
    return fail_part(u, "invalid host: ParseAddr(", host,
                     "): unable to parse IP");
}

/* "[address%25zone]:port"; `close` is the place of the bracket. */
static bool read_literal(uri *u, pol_value host, size_t open, size_t close)
{
    pol_value port = slice(host, close + 1, host.len);
    if (!check_port(u, port))
        return false;
    pol_value inner = slice(host, open + 1, close), zone = pol_literal("");
    const char *mark = memmem(inner.str, inner.len, "%25", 3);
    if (mark != NULL) {
        size_t at = (size_t)(mark - inner.str);
        if (!unescape(u, slice(inner, at, inner.len), ESCAPES_ZONE, &zone))
            return false;
        inner = slice(inner, 0, at);
    }
    if (!unescape(u, inner, ESCAPES_HOST, &inner))
        return false;
    u->hostname = pol_call_printf(u->call, "%.*s%.*s", (int)inner.len,
                                  inner.str, (int)zone.len, zone.str);
    u->port = port.len ? slice(port, 1, port.len) : port;
    return check_address(u, u->hostname);
}

static bool read_host(uri *u, pol_value host)
{
    const char *open = host.len ? memrchr(host.str, '[', host.len) : NULL;
    if (open != NULL) {
        const char *close = memrchr(host.str, ']', host.len);
        if (close == NULL || close < open)
            return fail(u, "missing ']' in host");
        return read_literal(u, host, (size_t)(open - host.str),
                            (size_t)(close - host.str));
    }
    const char *colon = host.len ? memchr(host.str, ':', host.len) : NULL;
    if (colon != NULL) {
        size_t at = (size_t)(colon - host.str);
        if (!check_port(u, slice(host, at, host.len)))
            return false;
        u->port = slice(host, at + 1, host.len);
        host = slice(host, 0, at);
    }
    return unescape(u, host, ESCAPES_HOST, &u->hostname);
}

/* "user:password@host:port"; the user does not show in the result. */
static bool read_authority(uri *u, pol_value authority)
{
    const char *at =
        authority.len ? memrchr(authority.str, '@', authority.len) : NULL;
    if (at == NULL)
        return read_host(u, authority);
    size_t len = (size_t)(at - authority.str);
    pol_value user = slice(authority, 0, len), ignored;
    if (!read_host(u, slice(authority, len + 1, authority.len)))
        return false;
    for (uint32_t i = 0; i < user.len; i++)
        if (!is_alnum(user.str[i]) && !in_set(user.str[i], "-._:~!$&'()*+,;=%@"))
            return fail(u, "net/url: invalid userinfo");
    return unescape(u, user, ESCAPES_USER, &ignored);
}

static bool starts(pol_value s, const char *with)
{
    size_t len = strlen(with);
    return s.len >= len && memcmp(s.str, with, len) == 0;
}

static bool read_path(uri *u, pol_value raw)
{
    if (!unescape(u, raw, ESCAPES_PATH, &u->path))
        return false;
    u->raw_path = is_default_escape(u->path, raw) ? u->path : raw;
    return true;
}

/* All but the fragment. */
static bool read_rest(uri *u, pol_value rest)
{
    for (uint32_t i = 0; i < rest.len; i++)
        if ((unsigned char)rest.str[i] < ' ' || rest.str[i] == 0x7F)
            return fail(u, "net/url: invalid control character in URL");
    if (!read_scheme(u, &rest))
        return false;
    u->query = cut(&rest, '?');
    bool rooted = starts(rest, "/"), schemed = u->scheme.len > 0;
    if (!rooted && schemed)
        return true;
    if (!rooted) {
        pol_value first = rest;
        cut(&first, '/');
        if (first.len > 0 && memchr(first.str, ':', first.len) != NULL)
            return fail(u, "first path segment in URL cannot contain colon");
    }
    if (starts(rest, "//") && (schemed || !starts(rest, "///"))) {
        pol_value authority = slice(rest, 2, rest.len);
        size_t before = authority.len;
        pol_value behind = cut(&authority, '/');
        bool has_path = authority.len < before;
        if (!read_authority(u, authority))
            return false;
        rest = has_path ? pol_string(behind.str - 1, (size_t)behind.len + 1)
                        : pol_literal("");
    }
    return read_path(u, rest);
}

/* Reads a URL; false with the error as Go words it. */
static bool parse(uri *u, pol_call *call, pol_value text)
{
    pol_value none = pol_literal(""), rest = text;
    *u = (uri){call, none, none, none, none, none, none, none, NULL};
    pol_value fragment = cut(&rest, '#'), shown = rest;
    bool fine = read_rest(u, rest);
    if (fine && fragment.len > 0) {
        shown = text;
        fine = unescape(u, fragment, ESCAPES_FRAGMENT, &u->fragment);
    }
    if (fine)
        return true;
    pol_bytes out;
    pol_bytes_init(&out, call, (size_t)shown.len + 64);
    pol_bytes_text(&out, "parse ");
    pol_gofmt_quote(&out, shown, false);
    pol_bytes_text(&out, ": ");
    pol_bytes_text(&out, u->error);
    pol_bytes_byte(&out, 0);
    return fail(u, out.at);
}

/* ---- builtins ------------------------------------------------------------------------------- */

static pol_value uri_parse(pol_call *call, const pol_value *args)
{
    uri u;
    if (!parse(&u, call, args[0]))
        return pol_call_error(call, "%s", u.error);
    const struct {
        const char *name;
        pol_value value;
    } parts[] = {{"scheme", u.scheme},     {"hostname", u.hostname},
                 {"port", u.port},         {"path", u.path},
                 {"raw_path", u.raw_path}, {"raw_query", u.query},
                 {"fragment", u.fragment}};
    pol_builder result;
    pol_builder_init(&result, pol_call_arena(call), POL_OBJECT);
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (parts[i].value.len > 0)
            pol_builder_put(&result,
                            pol_string(parts[i].name, strlen(parts[i].name)),
                            parts[i].value);
    return pol_builder_done(&result);
}

static pol_value uri_is_valid(pol_call *call, const pol_value *args)
{
    uri u;
    return pol_bool(args[0].len > 0 && parse(&u, call, args[0]));
}

const pol_builtin pol_stdlib_uri[] = {
    {.name = "uri.is_valid", .fn = uri_is_valid,
     .signature = "(string) -> boolean", .doc = "Is the string a URI?"},
    {.name = "uri.parse", .fn = uri_parse,
     .signature = "(string) -> object{string: string}",
     .doc = "The parts of a URI that it has."},
    {.name = NULL},
};
