/* SPDX-License-Identifier: Apache-2.0
 *
 * URLs as Go's net/url takes them apart: lenient where it is, and with its
 * complaints. */
#include "gourl.h"

#include <arpa/inet.h>

#include "gofmt.h"

typedef enum { IN_HOST, IN_PATH, IN_FRAGMENT } place;

static pol_value part(const char *from, const char *to)
{
    return pol_string(from, (size_t)(to - from));
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int unhex(char c)
{
    if (is_digit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static const char *quoted(pol_call *call, const char *before, pol_value text,
                          const char *after)
{
    pol_bytes out;
    pol_bytes_init(&out, call, 64);
    pol_bytes_text(&out, before);
    pol_gofmt_quote(&out, pol_rune_clean(call, text.str, text.len), false);
    pol_bytes_text(&out, after);
    pol_bytes_byte(&out, '\0');
    return out.at;
}

/* ---- escapes ------------------------------------------------------------- */

static bool is_host_byte(unsigned char c)
{
    return c >= 0x80 || is_alpha((char)c) || is_digit((char)c) ||
           (c != 0 && strchr("-_.~!$&'()*+,;=:[]<>\"", c) != NULL);
}

static const char *unescape(pol_call *call, pol_value text, place where,
                            pol_value *result)
{
    pol_bytes out;
    pol_bytes_init(&out, call, text.len);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.str[i];
        if (c != '%') {
            if (where == IN_HOST && !is_host_byte((unsigned char)c))
                return quoted(call, "invalid character ",
                              part(&text.str[i], &text.str[i + 1]),
                              " in host name");
            pol_bytes_byte(&out, c);
            continue;
        }
        size_t left = text.len - i;
        if (left < 3 || unhex(text.str[i + 1]) < 0 ||
            unhex(text.str[i + 2]) < 0)
            return quoted(
                call, "invalid URL escape ",
                part(&text.str[i], &text.str[i + (left < 3 ? left : 3)]), "");
        int byte = unhex(text.str[i + 1]) << 4 | unhex(text.str[i + 2]);
        /* Hosts may only hide what is no ASCII, and the % before a zone. */
        if (where == IN_HOST && byte < 0x80 && byte != '%')
            return quoted(call, "invalid URL escape ",
                          part(&text.str[i], &text.str[i + 3]), "");
        pol_bytes_byte(&out, (char)byte);
        i += 2;
    }
    *result = pol_rune_clean(call, out.at, out.len);
    return NULL;
}

/* Would Go write the byte of a path or fragment without an escape? */
static bool is_plain(unsigned char c, place where)
{
    if (is_alpha((char)c) || is_digit((char)c))
        return true;
    return c != 0 &&
           strchr(where == IN_PATH ? "-_.~$&+,/:;=@" : "-_.~$&+,/:;=?@!()*",
                  c) != NULL;
}

/* Is `raw` what Go would write for `text`? */
static bool is_default(pol_value raw, pol_value text, place where)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t at = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.str[i];
        if (is_plain(c, where)) {
            if (at >= raw.len || raw.str[at++] != text.str[i])
                return false;
        } else if (raw.len - at < 3 || raw.str[at] != '%' ||
                   raw.str[at + 1] != digits[c >> 4] ||
                   raw.str[at + 2] != digits[c & 15]) {
            return false;
        } else {
            at += 3;
        }
    }
    return at == raw.len;
}

/* ---- parts --------------------------------------------------------------- */

/* Takes the scheme off *rest. */
static const char *take_scheme(pol_call *call, pol_value *rest, pol_gourl *url)
{
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->str[i];
        if (is_alpha(c) || (i > 0 && (is_digit(c) || strchr("+-.", c)) && c))
            continue;
        if (c != ':')
            return NULL;
        if (i == 0)
            return "missing protocol scheme";
        char *lower = pol_call_alloc(call, i);
        for (size_t k = 0; k < i; k++)
            lower[k] = (char)(is_alpha(rest->str[k]) ? rest->str[k] | 0x20
                                                     : rest->str[k]);
        url->scheme = pol_string(lower, i);
        *rest = pol_string(rest->str + i + 1, rest->len - i - 1);
        return NULL;
    }
    return NULL;
}

/* What stands behind a host has to be a port. */
static const char *check_port(pol_call *call, pol_value port)
{
    for (size_t i = 1; i < port.len; i++)
        if (!is_digit(port.str[i]))
            return quoted(call, "invalid port ", port, " after host");
    return port.len && port.str[0] != ':'
               ? quoted(call, "invalid port ", port, " after host")
               : NULL;
}

/* Between brackets stands an address of version 6, maybe with a zone. */
static const char *check_literal(pol_call *call, pol_value host)
{
    char text[INET6_ADDRSTRLEN + 1] = "";
    unsigned char address[16];
    const char *zone = host.len ? memchr(host.str, '%', host.len) : NULL;
    size_t len = zone ? (size_t)(zone - host.str) : host.len;
    if (len > 0 && len < sizeof(text) && !memchr(host.str, '\0', len))
        memcpy(text, host.str, len);
    if (inet_pton(AF_INET, text, address) == 1)
        return "invalid IP-literal";
    return inet_pton(AF_INET6, text, address) == 1
               ? NULL
               : quoted(call, "invalid host: ParseAddr(", host,
                        "): unable to parse IP");
}

static const char *take_host(pol_call *call, pol_value host, pol_gourl *url)
{
    const char *end = host.str + host.len;
    const char *open = host.len ? memrchr(host.str, '[', host.len) : NULL;
    const char *close = open ? memrchr(host.str, ']', host.len) : NULL;
    const char *colon = host.len ? memchr(host.str, ':', host.len) : NULL;
    const char *port = close ? close + 1 : colon ? colon : end;
    if (open && (!close || close < open))
        return "missing ']' in host";
    const char *why = check_port(call, part(port, end));
    pol_value inner;
    if (!why && open)
        why = unescape(call, part(open + 1, close), IN_HOST, &inner);
    if (!why && open)
        why = check_literal(call, inner);
    return why ? why : unescape(call, host, IN_HOST, &url->host);
}

static const char *check_user(pol_value user)
{
    for (size_t i = 0; i < user.len; i++) {
        char c = user.str[i];
        if (!is_alpha(c) && !is_digit(c) &&
            (c == 0 || !strchr("-._:~!$&'()*+,;=%@", c)))
            return "net/url: invalid userinfo";
    }
    return NULL;
}

static const char *take_authority(pol_call *call, pol_value text,
                                  pol_gourl *url)
{
    const char *at = text.len ? memrchr(text.str, '@', text.len) : NULL;
    const char *end = text.str + text.len;
    if (at) {
        pol_value plain;
        url->has_user = true;
        url->user = part(text.str, at);
        const char *why = take_host(call, part(at + 1, end), url);
        if (!why)
            why = check_user(url->user);
        return why ? why : unescape(call, url->user, IN_PATH, &plain);
    }
    return take_host(call, text, url);
}

static const char *take_path(pol_call *call, pol_value rest, pol_gourl *url)
{
    const char *why = unescape(call, rest, IN_PATH, &url->path);
    if (!why && !is_default(rest, url->path, IN_PATH))
        url->raw_path = rest;
    return why;
}

static const char *take_rest(pol_call *call, pol_value rest, pol_gourl *url)
{
    const char *end = rest.str + rest.len;
    const char *mark = rest.len ? memchr(rest.str, '?', rest.len) : NULL;
    if (mark && mark + 1 == end) {
        url->force_query = true;
    } else if (mark) {
        url->raw_query = part(mark + 1, end);
    }
    rest = part(rest.str, mark ? mark : end);
    bool rooted = rest.len > 0 && rest.str[0] == '/';
    if (!rooted && url->scheme.len > 0) {
        url->opaque = rest;
        return NULL;
    }
    if (!rooted) {
        const char *slash = rest.len ? memchr(rest.str, '/', rest.len) : NULL;
        size_t len = slash ? (size_t)(slash - rest.str) : rest.len;
        if (len && memchr(rest.str, ':', len))
            return "first path segment in URL cannot contain colon";
    }
    if (rest.len > 1 && rest.str[0] == '/' && rest.str[1] == '/' &&
        (url->scheme.len > 0 || rest.len < 3 || rest.str[2] != '/')) {
        end = rest.str + rest.len;
        const char *slash = memchr(rest.str + 2, '/', rest.len - 2);
        const char *why =
            take_authority(call, part(rest.str + 2, slash ? slash : end), url);
        if (why)
            return why;
        rest = part(slash ? slash : end, end);
    }
    return take_path(call, rest, url);
}

const char *pol_gourl_parse(pol_call *call, pol_value text, pol_gourl *url)
{
    pol_value none = pol_literal("");
    *url = (pol_gourl){none, none, none, none,  none, none,
                       none, none, none, false, false};
    const char *end = text.str + text.len;
    const char *hash = text.len ? memchr(text.str, '#', text.len) : NULL;
    pol_value rest = part(text.str, hash ? hash : end);
    for (size_t i = 0; i < rest.len; i++) /* a fragment may hold any */
        if ((unsigned char)rest.str[i] < 0x20 || rest.str[i] == 0x7F)
            return "net/url: invalid control character in URL";
    const char *why = take_scheme(call, &rest, url);
    if (!why)
        why = take_rest(call, rest, url);
    if (why || !hash)
        return why;
    pol_value raw = part(hash + 1, end);
    why = unescape(call, raw, IN_FRAGMENT, &url->fragment);
    if (!why && !is_default(raw, url->fragment, IN_FRAGMENT))
        url->raw_fragment = raw;
    return why;
}

static bool is_right(pol_value raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.str[i];
        if (c == 0 || (!is_plain(c, IN_PATH) && !strchr("!'()*[]%", c)))
            return false;
    }
    return true;
}

pol_value pol_gourl_escaped_path(pol_call *call, const pol_gourl *url)
{
    static const char digits[] = "0123456789ABCDEF";
    if (url->raw_path.len > 0 && is_right(url->raw_path))
        return url->raw_path;
    pol_bytes out;
    pol_bytes_init(&out, call, url->path.len);
    for (size_t i = 0; i < url->path.len; i++) {
        unsigned char c = (unsigned char)url->path.str[i];
        if (is_plain(c, IN_PATH)) {
            pol_bytes_byte(&out, (char)c);
            continue;
        }
        pol_bytes_byte(&out, '%');
        pol_bytes_byte(&out, digits[c >> 4]);
        pol_bytes_byte(&out, digits[c & 15]);
    }
    return pol_bytes_done(&out);
}

pol_value pol_gourl_hostname(const pol_gourl *url, pol_value *port)
{
    pol_value host = url->host;
    const char *end = host.str + host.len;
    const char *colon = host.len ? memrchr(host.str, ':', host.len) : NULL;
    const char *close = host.len ? memrchr(host.str, ']', host.len) : NULL;
    *port = pol_literal("");
    if (colon && (!close || colon > close)) {
        *port = part(colon + 1, end);
        host = part(host.str, colon);
    }
    if (close && host.len > 1 && host.str[0] == '[')
        host = part(host.str + 1, close);
    return host;
}
