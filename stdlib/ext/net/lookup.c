/* SPDX-License-Identifier: Apache-2.0
 *
 * Addresses of a name, from the system's resolver. */
#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>

#include "net.h"

enum { MOST_ADDRESSES = 256 };

typedef struct address {
    char text[INET6_ADDRSTRLEN];
} address;

static void text_of(const struct sockaddr *from, address *out)
{
    const struct sockaddr_in6 *six = (const void *)from;
    const struct sockaddr_in *four = (const void *)from;
    if (from->sa_family == AF_INET)
        inet_ntop(AF_INET, &four->sin_addr, out->text, sizeof out->text);
    else if (IN6_IS_ADDR_V4MAPPED(&six->sin6_addr))
        inet_ntop(AF_INET, &six->sin6_addr.s6_addr[12], out->text,
                  sizeof out->text);
    else
        inet_ntop(AF_INET6, &six->sin6_addr, out->text, sizeof out->text);
}

/* Looks the name up without touching the arena; the number of addresses. */
static size_t look_up(const char *name, address *out)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list = NULL;
    unsigned char bytes[16];
    /* The resolver takes 1.2.3 and 0x7f.1 for addresses; Go does not. */
    bool numeric = inet_pton(AF_INET, name, bytes) == 1 ||
                   inet_pton(AF_INET6, name, bytes) == 1;
    struct in_addr old;
    if (!numeric && inet_aton(name, &old))
        return 0;
    if (getaddrinfo(name, NULL, &hints, &list) != 0)
        return 0;
    size_t count = 0;
    for (struct addrinfo *a = list; a && count < MOST_ADDRESSES; a = a->ai_next)
        if (a->ai_family == AF_INET || a->ai_family == AF_INET6)
            text_of(a->ai_addr, &out[count++]);
    freeaddrinfo(list);
    return count;
}

pol_value pol_net_lookup(pol_call *call, const pol_value *args)
{
    pol_value name = args[0];
    if (memchr(name.str, '\0', name.len))
        return pol_call_error(call, "lookup: no such host");
    const char *text =
        pol_call_printf(call, "%.*s", (int)name.len, name.str).str;
    if (!pol_call_may_reach(call, text))
        return pol_call_error(call, "host `%s` is not allowed", text);
    address *found = pol_call_alloc(call, MOST_ADDRESSES * sizeof *found);
    size_t count = name.len ? look_up(text, found) : 0;
    if (count == 0)
        return pol_call_error(call, "lookup %s: no such host", text);
    pol_value *items = pol_items(pol_call_arena(call), count);
    for (size_t i = 0; i < count; i++)
        items[i] = pol_string(found[i].text, strlen(found[i].text));
    return pol_set(items, count);
}
