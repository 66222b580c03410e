/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON Web Tokens: taking them apart, checking and making them. */
#include "jwk.h"

enum {
    MAX_NESTING = 16,  /* tokens within tokens; OPA has no bound */
    VERIFY_WORK = 2000 /* units of pol_call_spend for one signature */
};

typedef struct token {
    pol_value part[3]; /* header, payload, signature in base64 */
    pol_value signed_text;
    pol_value header, payload; /* objects, once decoded */
} token;

/* ---- taking apart -------------------------------------------------------- */

static const char *split(pol_call *call, pol_value text, token *t)
{
    unsigned found = 0;
    const char *start = text.str, *end = text.str + text.len;
    for (const char *at = start; at <= end; at++) {
        if (at < end && *at != '.')
            continue;
        if (found < 3)
            t->part[found] = pol_string(start, (size_t)(at - start));
        if (found == 2)
            t->signed_text =
                pol_string(text.str, (size_t)(start - 1 - text.str));
        found++;
        start = at + 1;
    }
    if (found == 1)
        return "encoded JWT had no period separators";
    if (found != 3)
        return pol_call_printf(
                   call, "encoded JWT must have 3 sections, found %u", found)
            .str;
    return NULL;
}

/* The bytes of a part; NULL, or what is wrong with it. */
static const char *decode_part(pol_call *call, pol_value part, pol_value *bytes)
{
    pol_bytes out;
    pol_bytes_init(&out, call, part.len);
    const char *why = pol_base64_token(&out, part);
    *bytes = pol_bytes_done(&out);
    return why;
}

static const char *decode_named(pol_call *call, token *t, int part,
                                pol_value *bytes)
{
    static const char *const names[] = {"header", "payload", "signature"};
    const char *why = decode_part(call, t->part[part], bytes);
    if (!why)
        return NULL;
    return pol_call_printf(call, "JWT %s had invalid encoding: %s", names[part],
                           why)
        .str;
}

static const char *read_object(pol_call *call, pol_value bytes, pol_value *out)
{
    const char *error;
    size_t at;
    pol_value text = pol_rune_clean(call, bytes.str, bytes.len);
    *out = pol_value_parse_json(pol_call_arena(call), text.str, text.len, true,
                                &error, &at);
    if (!pol_is_defined(*out)) {
        const char *why = pol_crypto_json_complaint(call, text);
        return pol_call_printf(call, "invalid JSON: %s", why ? why : error).str;
    }
    return out->tag == POL_OBJECT ? NULL
                                  : "decoded JSON type was not an Object";
}

static const char *read_header(pol_call *call, token *t)
{
    pol_value bytes;
    const char *why = decode_named(call, t, 0, &bytes);
    if (why)
        return why;
    why = read_object(call, bytes, &t->header);
    return why ? pol_call_printf(call, "bad JWT header: %s", why).str : NULL;
}

static bool is_encrypted(const token *t)
{
    return pol_is_defined(pol_get_name(t->header, "enc"));
}

static bool holds_token(const token *t)
{
    pol_value cty = pol_get_name(t->header, "cty");
    return pol_is_string(cty) && cty.len == 3 &&
           strncasecmp(cty.str, "JWT", 3) == 0;
}

static pol_value fail(pol_call *call, const char *why)
{
    return pol_call_error(call, "%s", why);
}

/* A token that a payload holds may stand in quotes. */
static pol_value unquoted(pol_value bytes)
{
    if (bytes.len > 1 && bytes.str[0] == '"' && bytes.str[bytes.len - 1] == '"')
        return pol_string(bytes.str + 1, bytes.len - 2);
    return bytes;
}

static pol_value array3(pol_call *call, pol_value a, pol_value b, pol_value c)
{
    pol_value *items = pol_items(pol_call_arena(call), 3);
    items[0] = a;
    items[1] = b;
    items[2] = c;
    return pol_array(items, 3);
}

/* Decodes up to the payload; NULL, or what is wrong. */
static const char *open_token(pol_call *call, pol_value text, token *t,
                              pol_value *payload)
{
    const char *why = split(call, text, t);
    if (!why)
        why = read_header(call, t);
    if (!why && is_encrypted(t))
        why = "JWT is a JWE object, which is not supported";
    return why ? why : decode_named(call, t, 1, payload);
}

POL_CRYPTO_FUNCTION(jwt_decode)
{
    pol_value text = args[0], payload, signature;
    token t = {0};
    for (int depth = 0;; depth++) {
        const char *why = open_token(call, text, &t, &payload);
        if (why)
            return fail(call, why);
        pol_value cty = pol_get_name(t.header, "cty");
        if (!pol_string_is(cty, "JWT"))
            break;
        if (depth == MAX_NESTING)
            return fail(call, "JWT is nested too deeply");
        text = unquoted(payload);
    }
    const char *why = read_object(call, payload, &t.payload);
    if (!why)
        why = decode_named(call, &t, 2, &signature);
    if (why)
        return fail(call, why);
    return array3(call, t.header, t.payload,
                  pol_blob_hex(call, pol_blob_of(signature)));
}

/* ---- signatures ---------------------------------------------------------- */

static bool same(pol_value a, pol_value b)
{
    return pol_is_string(a) && pol_is_string(b) && pol_equal(a, b);
}

static bool check_key(pol_call *call, const pol_key *key, const token *t,
                      const pol_algorithm *algorithm, pol_value signature)
{
    pol_call_spend(call, VERIFY_WORK);
    return pol_key_verify(key, algorithm, pol_blob_of(t->signed_text),
                          pol_blob_of(signature));
}

/* The key that the token's `kid` names decides alone; without one each key may
 * that is not meant for another algorithm. */
static bool check_keys(pol_call *call, const pol_keys *keys, const token *t,
                       const pol_algorithm *algorithm, pol_value signature)
{
    pol_value kid = pol_get_name(t->header, "kid");
    pol_value alg = pol_get_name(t->header, "alg");
    for (size_t i = 0; i < keys->count; i++)
        if (same(keys->at[i].kid, kid))
            return check_key(call, &keys->at[i], t, algorithm, signature);
    for (size_t i = 0; i < keys->count; i++) {
        const pol_key *key = &keys->at[i];
        if (pol_is_defined(key->alg) && !same(key->alg, alg))
            continue;
        if (check_key(call, key, t, algorithm, signature))
            return true;
    }
    return false;
}

static bool is_text(pol_call *call, const pol_value *args, int index)
{
    if (pol_is_string(args[index]))
        return true;
    pol_call_type_error(call, index + 1, "string", pol_type_name(args[index]));
    return false;
}

static pol_value verify_secret(pol_call *call, const pol_value *args,
                               const pol_algorithm *algorithm)
{
    token t = {0};
    pol_value signature;
    pol_key key = {.kind = POL_KEY_OCT};
    key.part[POL_KEY_K] = pol_blob_of(args[1]);
    const char *why = split(call, args[0], &t);
    if (!why)
        why = decode_part(call, t.part[2], &signature);
    if (why)
        return fail(call, why);
    return pol_bool(check_key(call, &key, &t, algorithm, signature));
}

/* OPA gives private keys of a set no say in verify_*. */
static void drop_private(pol_keys *keys)
{
    size_t kept = 0;
    for (size_t i = 0; i < keys->count; i++)
        if (!keys->at[i].is_private)
            keys->at[kept++] = keys->at[i];
    keys->count = kept;
}

/* As in OPA the token is taken apart before the key is looked at. */
static pol_value verify(pol_call *call, const pol_value *args, const char *name)
{
    const pol_algorithm *algorithm =
        pol_algorithm_named(pol_string(name, strlen(name)));
    if (algorithm->kind == POL_KEY_OCT)
        return verify_secret(call, args, algorithm);
    token t = {0};
    pol_keys keys;
    pol_value signature;
    if (!is_text(call, args, 0))
        return pol_undefined();
    const char *why = split(call, args[0], &t);
    if (!why && !is_text(call, args, 1))
        return pol_undefined();
    if (!why)
        why = pol_jwk_verifiers(call, args[1], &keys);
    if (!why)
        why = read_header(call, &t);
    if (!why)
        why = decode_part(call, t.part[2], &signature);
    if (why)
        return fail(call, why);
    drop_private(&keys);
    return pol_bool(check_keys(call, &keys, &t, algorithm, signature));
}

#define VERIFY(function, name)                                                 \
    POL_CRYPTO_FUNCTION(function)                                              \
    {                                                                          \
        return verify(call, args, name);                                       \
    }

VERIFY(jwt_verify_hs256, "HS256")
VERIFY(jwt_verify_hs384, "HS384")
VERIFY(jwt_verify_hs512, "HS512")
VERIFY(jwt_verify_rs256, "RS256")
VERIFY(jwt_verify_rs384, "RS384")
VERIFY(jwt_verify_rs512, "RS512")
VERIFY(jwt_verify_ps256, "PS256")
VERIFY(jwt_verify_ps384, "PS384")
VERIFY(jwt_verify_ps512, "PS512")
VERIFY(jwt_verify_es256, "ES256")
VERIFY(jwt_verify_es384, "ES384")
VERIFY(jwt_verify_es512, "ES512")
VERIFY(jwt_verify_eddsa, "EdDSA")

/* ---- decode_verify ------------------------------------------------------- */

typedef struct constraints {
    pol_keys keys;
    bool is_secret, has_cert;
    pol_value alg, iss, aud, time; /* undefined: not constrained */
} constraints;

static const char *add_cert(pol_call *call, pol_value v, constraints *c)
{
    c->has_cert = true;
    return pol_jwk_verifiers(call, v, &c->keys);
}

static const char *add_secret(pol_call *call, pol_value v, constraints *c)
{
    c->is_secret = true;
    pol_key *key = pol_call_alloc(call, sizeof *key);
    *key = (pol_key){.kind = POL_KEY_OCT};
    key->part[POL_KEY_K] = pol_blob_of(v);
    if (!c->has_cert)
        c->keys = (pol_keys){key, 1};
    return NULL;
}

static const char *add_time(pol_value v, constraints *c)
{
    if (!pol_is_number(v))
        return "token time constraint: must be a number";
    if (pol_number_compare(v, pol_int(0)) < 0)
        return "token time constraint: must not be negative";
    c->time = v;
    return NULL;
}

static const char *add_constraint(pol_call *call, pol_value name, pol_value v,
                                  constraints *c)
{
    static const char *const names[] = {"alg", "aud", "cert", "iss", "secret"};
    if (pol_string_is(name, "time"))
        return add_time(v, c);
    int i = 0;
    while (i < 5 && !(pol_is_string(name) && name.len == strlen(names[i]) &&
                      memcmp(name.str, names[i], name.len) == 0))
        i++;
    if (i == 5) {
        size_t len;
        const char *shown =
            pol_is_string(name)
                ? pol_call_printf(call, "%.*s", (int)name.len, name.str).str
                : pol_value_text(pol_call_arena(call), name, POL_TEXT_REGO,
                                 &len);
        return pol_call_printf(call, "unknown token validation constraint: %s",
                               shown)
            .str;
    }
    if (!pol_is_string(v))
        return pol_call_printf(call, "%s constraint: must be a string",
                               names[i])
            .str;
    if (i == 2)
        return add_cert(call, v, c);
    if (i == 4)
        return add_secret(call, v, c);
    *(i == 0 ? &c->alg : i == 1 ? &c->aud : &c->iss) = v;
    return NULL;
}

static const char *read_constraints(pol_call *call, pol_value object,
                                    constraints *c)
{
    for (uint32_t i = 0; i < object.len; i++) {
        const char *why = add_constraint(call, pol_key_at(object, i),
                                         pol_value_at(object, i), c);
        if (why)
            return why;
    }
    if (c->is_secret && c->has_cert)
        return "duplicate key constraints";
    return c->is_secret || c->has_cert ? NULL : "no key constraint";
}

/* Checks the types of the header's known members; NULL if they are right.
 * *understood is false when `crit` names something else. */
static const char *check_header(pol_call *call, pol_value header,
                                bool *understood)
{
    static const char *const names[] = {"alg", "cty", "kid", "typ"};
    for (size_t i = 0; i < 4; i++) {
        pol_value v = pol_get_name(header, names[i]);
        if (pol_is_defined(v) && !pol_is_string(v))
            return pol_call_printf(call, "%s: must be a string", names[i]).str;
    }
    pol_value crit = pol_get_name(header, "crit");
    *understood = true;
    if (!pol_is_defined(crit))
        return NULL;
    if (crit.tag != POL_ARRAY)
        return "crit: must be a list";
    if (crit.len == 0)
        return "crit: must be a nonempty list";
    for (uint32_t i = 0; i < crit.len; i++) {
        pol_value v = pol_at(crit, i);
        if (!pol_is_string(v))
            return "crit: must be a list of strings";
        bool known = pol_string_is(v, "alg") || pol_string_is(v, "cty") ||
                     pol_string_is(v, "kid") || pol_string_is(v, "typ") ||
                     pol_string_is(v, "crit");
        *understood = *understood && known;
    }
    return NULL;
}

/* Header and signature of one token; *ok tells whether it holds. */
static const char *check_token(pol_call *call, const constraints *c, token *t,
                               bool *ok)
{
    bool understood = false;
    pol_value signature, alg = pol_get_name(t->header, "alg");
    const char *why = check_header(call, t->header, &understood);
    *ok = false;
    if (why || !understood || !pol_is_string(alg) ||
        (pol_is_defined(c->alg) && !pol_equal(c->alg, alg)))
        return why;
    const pol_algorithm *algorithm = pol_algorithm_named(alg);
    if (!algorithm)
        return NULL;
    why = decode_part(call, t->part[2], &signature);
    if (!why)
        *ok = check_keys(call, &c->keys, t, algorithm, signature);
    return why;
}

static bool audience_fits(const constraints *c, pol_value aud)
{
    if (!pol_is_defined(c->aud))
        return !pol_is_defined(aud);
    if (pol_is_string(aud))
        return pol_equal(aud, c->aud);
    return aud.tag == POL_ARRAY && pol_has(aud, c->aud);
}

/* Is the claim's time (in seconds) after `now` (in nanoseconds)? */
static bool is_after(pol_call *call, pol_value claim, pol_value now)
{
    const char *error;
    pol_value at = pol_number_arith(pol_call_arena(call), POL_MUL, claim,
                                    pol_int(1000000000), &error);
    return pol_is_defined(at) && pol_number_compare(at, now) > 0;
}

static const char *check_claims(pol_call *call, const constraints *c,
                                pol_value payload, bool *ok)
{
    pol_value exp = pol_get_name(payload, "exp");
    pol_value nbf = pol_get_name(payload, "nbf");
    pol_value iss = pol_get_name(payload, "iss");
    *ok = (!pol_is_defined(c->iss) || same(c->iss, iss)) &&
          audience_fits(c, pol_get_name(payload, "aud"));
    if (!*ok)
        return NULL;
    if (!pol_is_defined(exp) && !pol_is_defined(nbf))
        return NULL;
    pol_value now =
        pol_is_defined(c->time) ? c->time : pol_int(pol_call_now(call));
    if (pol_is_defined(exp) && !pol_is_number(exp))
        return "exp value must be a number";
    if (pol_is_defined(exp) && !is_after(call, exp, now)) {
        *ok = false;
        return NULL;
    }
    if (pol_is_defined(nbf) && !pol_is_number(nbf))
        return "nbf value must be a number";
    if (pol_is_defined(nbf) && is_after(call, nbf, now))
        *ok = false;
    return NULL;
}

static pol_value refused(pol_call *call)
{
    pol_value none = pol_object_of(pol_call_arena(call), NULL, NULL, 0);
    return array3(call, pol_bool(false), none, none);
}

POL_CRYPTO_FUNCTION(jwt_decode_verify)
{
    constraints c = {.alg = pol_undefined()};
    token t = {0};
    pol_value text = args[0], payload;
    bool ok;
    if (args[1].tag != POL_OBJECT)
        return pol_call_type_error(call, 2, "object", pol_type_name(args[1]));
    const char *why = read_constraints(call, args[1], &c);
    if (!why && !is_text(call, args, 0))
        return pol_undefined();
    for (int depth = 0; !why; depth++) {
        if ((why = split(call, text, &t)) || (why = read_header(call, &t)))
            break;
        if (is_encrypted(&t))
            return fail(call, "JWT is a JWE object, which is not supported");
        why = check_token(call, &c, &t, &ok);
        if (why)
            break;
        if (!ok)
            return refused(call);
        why = decode_named(call, &t, 1, &payload);
        if (why || !holds_token(&t))
            break;
        if (depth == MAX_NESTING)
            why = "JWT is nested too deeply";
        text = payload;
    }
    if (!why)
        why = read_object(call, payload, &t.payload);
    if (!why)
        why = check_claims(call, &c, t.payload, &ok);
    if (why)
        return fail(call, why);
    return ok ? array3(call, pol_bool(true), t.header, t.payload)
              : refused(call);
}
