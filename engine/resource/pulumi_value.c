/* SPDX-License-Identifier: Apache-2.0
 *
 * See pulumi_value.h. The texts are part of Pulumi's wire format. */
#include "pulumi_value.h"

#include "resource.h"

static const char signature_key[] = "4dabf18193072939515e22adb298388d";
static const char secret_signature[] = "1b47061264138c4ac30d75fd1eb44270";
static const char hidden[] = "[secret]";

/* One for each type that an unknown value may have. */
static const char *const sentinels[] = {
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9", /* string or any */
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", /* boolean */
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421", /* number */
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", /* array */
    "030794c1-ac77-496b-92df-f27374a8bd58", /* asset */
    "e48ece36-62e2-4504-bad9-02848725956a", /* archive */
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", /* object */
};
enum { SENTINELS = sizeof sentinels / sizeof *sentinels, SENTINEL_LEN = 36 };

static bool holds(pol_str text, const char *word)
{
    return memmem(text.ptr, text.len, word, strlen(word)) != NULL;
}

pol_pulumi_marks pol_pulumi_marks_of(const pol_document *document)
{
    pol_pulumi_marks marks = {
        .secrets = holds(document->text, signature_key) ||
                   holds(document->text, hidden)};
    for (int i = 0; i < SENTINELS && !marks.unknowns; i++)
        marks.unknowns = holds(document->text, sentinels[i]);
    return marks;
}

static bool is_sentinel(pol_value v)
{
    if (v.len != SENTINEL_LEN || v.str[8] != '-')
        return false;
    for (int i = 0; i < SENTINELS; i++) {
        if (!memcmp(v.str, sentinels[i], SENTINEL_LEN))
            return true;
    }
    return false;
}

static pol_value unknown(unsigned flags)
{
    return (pol_value){.tag = POL_UNKNOWN, .flags = (uint8_t)flags};
}

/* The content of a secret object. `plaintext` is JSON in a string. */
static pol_value revealed(pol_resource_rewrite *rewrite, pol_value secret)
{
    pol_pulumi_marks *found = rewrite->host;
    pol_value text = pol_get_name(secret, "plaintext");
    const char *error;
    size_t at;
    pol_value v = pol_is_string(text)
                      ? pol_value_parse_json(rewrite->arena, text.str, text.len,
                                             true, &error, &at)
                      : pol_undefined();
    found->secrets = true;
    if (!pol_is_defined(v)) {
        found->unknowns = true;
        return unknown(POL_SECRET);
    }
    return pol_resource_secret(rewrite->arena, v);
}

static bool visit(pol_resource_rewrite *rewrite, pol_value *v)
{
    pol_pulumi_marks *found = rewrite->host;
    if (v->tag == POL_STRING && is_sentinel(*v)) {
        found->unknowns = true;
        *v = unknown(0);
        return true;
    }
    if (pol_string_is(*v, "[secret]")) {
        found->unknowns = found->secrets = true;
        *v = unknown(POL_SECRET);
        return true;
    }
    if (v->tag != POL_OBJECT)
        return v->tag != POL_ARRAY;
    pol_value signature = pol_get_name(*v, signature_key);
    if (signature.len != sizeof secret_signature - 1 ||
        signature.tag != POL_STRING ||
        memcmp(signature.str, secret_signature, signature.len))
        return false;
    *v = revealed(rewrite, *v);
    return true;
}

pol_value pol_pulumi_value(pol_arena *arena, pol_pulumi_marks marks,
                           pol_value v, pol_pulumi_marks *found)
{
    *found = (pol_pulumi_marks){false, false};
    if (!marks.unknowns && !marks.secrets)
        return v;
    pol_resource_rewrite rewrite = {.arena = arena, .host = found,
                                    .visit = visit};
    return pol_resource_rewritten(&rewrite, v);
}
