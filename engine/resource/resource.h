/* SPDX-License-Identifier: Apache-2.0
 *
 * Resources: what a document of infrastructure consists of.
 *
 * A set of resources is an index over a document, not a copy: types, names and
 * properties point into it, and where a resource stands is a container, a key in
 * it and a constant rest of a path. What costs more is made when first asked
 * for: properties with unknown values marked, the `resource` object, the
 * `stack`, positions. One file a format; each gives a pol_resource_format. */
#ifndef POL_RESOURCE_H
#define POL_RESOURCE_H

#include "document.h"
#include "pol_check.h"
#include "string_map.h"

typedef struct pol_resource pol_resource;
typedef struct pol_resources pol_resources;
typedef struct pol_resource_format pol_resource_format;

/* A path into a document, shared by what lies below it. */
typedef struct pol_resource_node pol_resource_node;
struct pol_resource_node {
    const pol_resource_node *parent; /* NULL: the root */
    pol_value key;
    uint32_t depth; /* keys from the root, this one included */
};

typedef enum {
    POL_ROLE_RESOURCE, /* checked */
    POL_ROLE_DELETED,  /* goes away; in stack.deleted */
    POL_ROLE_DATA,     /* read only, such as a data source; in stack.data */
    POL_ROLE_DRIFT     /* changed behind the tool's back; in stack.drift */
} pol_resource_role;

struct pol_resource {
    pol_value type, name, urn; /* strings */
    pol_value props; /* as the document has them; `pol_resource_props` for use */
    pol_value item;  /* the part of the document that describes the resource */
    pol_value key;   /* of `item` in its container; undefined: is the root */
    pol_resource_node *container; /* NULL: the root itself */
    const char *const *rest; /* names from `item` to the props, NULL-ended */
    const pol_resource_format *format;
    uint32_t root; /* which document of the file */
    uint8_t role;  /* pol_resource_role */
    bool resolved;      /* `props` is final */
    bool remedied;      /* and not what the document says */
    bool has_unknown;   /* once resolved: something in it is unknown */
    bool has_secret;
    pol_value object;   /* what policies see as `resource`, once made */
};

/* What a format knows beyond the index; undefined where there is nothing. */
typedef struct pol_resource_facts {
    pol_value provider, options, parent, dependencies, property_dependencies,
        operation, old;
    pol_value computed; /* paths of what is left to the provider, an array */
    pol_value outputs; /* in place of props for stack policies, if defined */
} pol_resource_facts;

/* What a format knows of the stack of a root. */
typedef struct pol_resource_stack_facts {
    pol_value name; /* the file's, if the format has none */
    pol_value project, tags, providers; /* undefined where there is nothing */
} pol_resource_stack_facts;

struct pol_resource_format {
    const char *name; /* as in --input-format */
    /* Is this the root of such a document? Forced input needs no yes. */
    bool (*recognise)(pol_value root);
    /* Adds the resources of a root. False: the document lacks what the format
     * must have. */
    bool (*collect)(pol_resources *set, uint32_t root);
    /* Properties with unknown and secret values marked; sets has_unknown and
     * has_secret. NULL: there are none. */
    pol_value (*resolve)(pol_resources *set, pol_resource *resource);
    /* Properties that a remediation changed, with what is secret by its place
     * marked; *any is set if something is. NULL: nothing is. */
    pol_value (*hide)(pol_arena *arena, pol_value props, bool *any);
    /* Fills what it knows; may find more unknown and secret values. NULL:
     * nothing. */
    void (*describe)(pol_resources *set, pol_resource *resource,
                     pol_resource_facts *out);
    /* Fills what it knows of the stack of a root. NULL: nothing. */
    void (*stack)(pol_resources *set, uint32_t root,
                  pol_resource_stack_facts *out);
};

extern const pol_resource_format pol_resource_pulumi;
extern const pol_resource_format pol_resource_terraform;
extern const pol_resource_format pol_resource_cloudformation;
extern const pol_resource_format pol_resource_kubernetes;
extern const pol_resource_format pol_resource_plain;

/* One document of the file. `state` is what its format keeps, made lazily. */
typedef struct pol_resource_root {
    const pol_resource_format *format;
    void *state;
} pol_resource_root;

struct pol_resources {
    pol_arena *arena;
    pol_arena *scratch; /* of what is needed for one resource: the values of its
                           `resource` object, but never their shapes, which
                           machines remember; may be `arena` itself */
    const pol_document *document;
    pol_resource_root *roots; /* as many as the document has */
    pol_resource *items; /* roots in order, then as in the document */
    uint32_t count, room;
    uint32_t checked; /* of role POL_ROLE_RESOURCE */
    pol_string_map *urns; /* urn -> index of the item; made when asked for */
    pol_value stack; /* once made */
    struct pol_resource_record *records; /* shapes; see object.c */
};

/* Indexes a document. Everything lives in `arena`, which must not outlive the
 * document. False: `input` is forced and a root is not of that kind; *error is a
 * constant text then. */
bool pol_resources_init(pol_resources *set, pol_arena *arena,
                        const pol_document *document, pol_check_input input,
                        const char **error);

/* The properties for policies: unknown and secret values marked. */
pol_value pol_resource_props(pol_resources *set, pol_resource *resource);

/* The objects `resource` and `stack`; made once (`resource` in scratch). In the
 * stack, resources have
 * `outputs` for props where the document has them. */
pol_value pol_resource_object(pol_resources *set, pol_resource *resource);
pol_value pol_resource_stack(pol_resources *set);

/* The resource with that URN, NULL if there is none. */
pol_resource *pol_resource_find(pol_resources *set, pol_value urn);

/* An object of the members that are defined, `count` of them at most; `names` is
 * a static table in the order of bytes. In scratch. */
pol_value pol_resource_record(pol_resources *set, const char *const *names,
                              const pol_value *values, uint32_t count);

/* Forgets what was made for one resource, before the scratch arena is reset. */
static inline void pol_resource_forget(pol_resource *resource)
{
    resource->object = pol_undefined();
}

/* The way to the properties in the document, `more` left unset at its end: an
 * array of *len + more values in scratch. */
pol_value *pol_resource_path(pol_resources *set, const pol_resource *resource,
                             size_t more, size_t *len);

/* Line and column of what lies at `path` in the properties, or of the deepest
 * part of it that is there. */
pol_location pol_resource_locate(pol_resources *set, const pol_resource *resource,
                                 const pol_value *path, size_t path_len);

/* ---- for the formats ----------------------------------------------------- */

/* Appends a resource, zeroed. */
pol_resource *pol_resource_add(pol_resources *set,
                               const pol_resource_format *format, uint32_t root);
/* A node below `parent`. */
pol_resource_node *pol_resource_below(pol_resources *set,
                                      const pol_resource_node *parent,
                                      pol_value key);
/* The same for several names, ending with NULL. */
pol_resource_node *pol_resource_below_names(pol_resources *set,
                                            const char *const *names);
/* value.a.b.…: undefined when something on the way is missing. Ends with NULL. */
pol_value pol_resource_member(pol_value value, const char *const *names);

/* Rewriting values: calls `visit` for every value below `v` from the outside in;
 * it returns true with *v replaced (and not entered). Unchanged parts are
 * shared. */
typedef struct pol_resource_rewrite {
    pol_arena *arena;
    void *host;
    bool (*visit)(struct pol_resource_rewrite *rewrite, pol_value *v);
} pol_resource_rewrite;
pol_value pol_resource_rewritten(pol_resource_rewrite *rewrite, pol_value v);

/* Marks a value (all of it) as secret. */
pol_value pol_resource_secret(pol_arena *arena, pol_value v);

/* Marks in `after` what stands where `before` has a secret. */
pol_value pol_resource_secret_like(pol_arena *arena, pol_value before,
                                   pol_value after);

/* The value as JSON can say it: sets become arrays, keys strings. */
pol_value pol_resource_as_json(pol_arena *arena, pol_value v);

#endif
