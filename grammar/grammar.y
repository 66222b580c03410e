/* SPDX-License-Identifier: Apache-2.0
 *
 * The grammar of policies: Rego v1, the older forms that build.c lets pass in
 * v0 modules, and `policy` blocks. LALR(1) without conflicts, since the two
 * walks before it (brackets.c, layout.c) give each bracket its meaning and each
 * separating new line a SEMI. Every action is one call.
 *
 * In error: `SYNC` is fed by parse.c once it has skipped the broken statement,
 * so that nothing of it can be mistaken for the start of the next one. */

%name pol_syntax
%token_prefix POL_TK_
%token_type {const pol_token *}
%default_type {pol_node *}
%extra_context {pol_build *build}
%start_symbol start

/* 512 levels need at most 18 symbols each: an operator of every rank with its
 * left side, and the bracket. */
%stack_size 10240
%stack_overflow { pol_syntax_overflow(build); }
%syntax_error { pol_syntax_error(build, yypParser, yymajor); }

%include {
#define NDEBUG
#define pol_syntax_ENGINEALWAYSONSTACK 1 /* no allocation by Lemon's code */
#include "item.h"
#include "syntax.h"
}

%code {
size_t pol_syntax_size(void)
{
    return sizeof(yyParser);
}

void pol_syntax_calm(void *parser)
{
    ((yyParser *)parser)->yyerrcnt = -1;
}

bool pol_syntax_accepts(const void *parser, int kind)
{
    const yyParser *p = parser;
    YYACTIONTYPE act = yy_find_shift_action((YYCODETYPE)kind,
                                            p->yytos->stateno);
    return act != YY_ERROR_ACTION && act != YY_NO_ACTION;
}
}

/* Tokens of the lexer that the layout gives another kind, and those that no
 * rule accepts. */
%token LBRACE BAD.

%left LOR.
%left LAND.
%left EQ NE LT LE GT GE.
%left OR.
%left AND.
%left PLUS MINUS.
%left STAR SLASH PERCENT.

start ::= MODULE items.
start ::= QUERY query(Q).                 { pol_build_query(build, Q); }

/* --- modules --- */

items ::= .
items ::= items item.
items ::= items error SYNC.
item ::= PACKAGE(T) ref(R).               { pol_item_package(build, T, R); }
item ::= IMPORT(T) ref(R).                { pol_item_import(build, T, R, NULL); }
item ::= IMPORT(T) ref(R) AS IDENT(N).    { pol_item_import(build, T, R, N); }
item ::= policy.
item ::= rule.

policy ::= opening members RBRACE(E).     { pol_item_policy_end(build, E); }
opening ::= POLICY(P) STRING|RAW(S) LBRACE_POLICY.
                                          { pol_item_policy(build, P, S); }
members ::= .
members ::= members member.
members ::= members error SYNC.
member ::= rule.
member ::= IDENT(N) COLON expr(V).        { pol_item_field(build, N, V); }

/* --- rules --- */

%type head {pol_ast_rule *}
%type body {pol_body}
%type alternative {pol_ast_rule *}
%type alternatives {pol_rule_list}
%type assign {const pol_token *}

rule ::= DEFAULT(T) ref(R).               { pol_item_default(build, T, R, NULL); }
rule ::= DEFAULT(T) ref(R) assign(A) expr(V).
    { pol_item_default(build, T, R, &(pol_value){A, V}); }
rule ::= head(H).                         { pol_item_rule(build, H, POL_NO_BODY); }
rule ::= head(H) body(B).                 { pol_item_rule(build, H, B); }
rule ::= head(H) body(B) chain(C).        { pol_item_chain(build, H, B, C); }
rule ::= head(H) body(B) alternatives(L). { pol_item_else(build, H, B, L); }

head(H) ::= ref(R).                       { H = pol_item_head(build, R, NULL); }
head(H) ::= ref(R) assign(A) expr(V).
    { H = pol_item_head(build, R, &(pol_value){A, V}); }
head(H) ::= ref(R) CONTAINS expr(K).      { H = pol_item_set(build, R, K); }

assign(A) ::= ASSIGN|UNIFY(T).            { A = T; }

body(B) ::= IF literal(L).                { B = pol_item_body(build, L); }
body(B) ::= IF block(Q).                  { B = (pol_body){Q, false}; }
body(B) ::= block(Q).                     { B = (pol_body){Q, true}; }

block(B) ::= LBRACE_BODY(T) query(Q) RBRACE(E).
    { B = pol_build_enclose(build, T, Q, E); }
block(B) ::= LBRACE_BODY(T) RBRACE(E).    { B = pol_build_empty(build, T, E); }

chain(C) ::= block(B).                    { C = pol_build_list(build, B); }
chain(C) ::= chain(L) block(B).           { C = pol_ast_add(L, B); }

alternatives(L) ::= alternative(R).       { L = (pol_rule_list){R, R}; }
alternatives(L) ::= alternatives(M) alternative(R).
                                          { L = pol_item_append(build, M, R); }
alternative(R) ::= ELSE(T) body(B).
    { R = pol_item_alternative(build, T, NULL, B); }
alternative(R) ::= ELSE(T) assign(A) expr(V).
    { R = pol_item_alternative(build, T, &(pol_value){A, V}, POL_NO_BODY); }
alternative(R) ::= ELSE(T) assign(A) expr(V) body(B).
    { R = pol_item_alternative(build, T, &(pol_value){A, V}, B); }

/* --- literals --- */

query(Q) ::= literal(L).                  { Q = pol_build_body(build, L); }
query(Q) ::= query(B) SEMI literal(L).    { Q = pol_ast_add(B, L); }
query(Q) ::= error SYNC(T).               { Q = pol_build_broken(build, T); }
query(Q) ::= query(B) SEMI error SYNC.    { Q = B; }

literal(L) ::= logic(A).                  { L = A; }
literal(L) ::= logic(A) withs(W).         { L = pol_build_with(A, W); }
literal(L) ::= SOME(T) names(N).          { L = pol_build_some(build, T, N); }
literal(L) ::= somein(A).                 { L = A; }
literal(L) ::= somein(A) withs(W).        { L = pol_build_with(A, W); }
literal(L) ::= every(A).                  { L = A; }
literal(L) ::= every(A) withs(W).         { L = pol_build_with(A, W); }

withs(W) ::= with(A).                     { W = pol_build_list(build, A); }
withs(W) ::= withs(L) with(A).            { W = pol_ast_add(L, A); }
with(W) ::= WITH(T) ref(R) AS expr(V).    { W = pol_build_modifier(build, T, R, V); }

somein(S) ::= SOME(T) names(N) IN rel(D). { S = pol_build_some_in(build, T, N, D); }
somein(S) ::= somein(A) IN(T) rel(D).     { S = pol_build_some_on(build, A, T, D); }
names(N) ::= rel(A).                      { N = pol_build_list(build, A); }
names(N) ::= names(L) COMMA rel(A).       { N = pol_ast_add(L, A); }

every(E) ::= domain(D) block(B).          { E = pol_ast_add(D, B); }
domain(D) ::= EVERY(T) IDENT(V) IN rel(A).
    { D = pol_build_every(build, T, V, NULL, A); }
domain(D) ::= EVERY(T) IDENT(K) COMMA IDENT(V) IN rel(A).
    { D = pol_build_every(build, T, V, K, A); }

logic(L) ::= operand(A).                  { L = A; }
logic(L) ::= logic(A) LAND logic(B).      { L = pol_build_logic(build, POL_NODE_AND, A, B); }
logic(L) ::= logic(A) LOR logic(B).       { L = pol_build_logic(build, POL_NODE_OR, A, B); }

operand(L) ::= simple(A).                 { L = A; }
operand(L) ::= group(A).                  { L = A; }
operand(L) ::= braced(A).                 { L = A; }
operand(L) ::= NOT(T) simple(A).          { L = pol_build_not(build, T, A); }
operand(L) ::= NOT(T) group(A).           { L = pol_build_not(build, T, A); }
operand(L) ::= NOT(T) braced(A).          { L = pol_build_not(build, T, A); }

group(L) ::= LPAREN_GROUP(T) literal(A) RPAREN(E).
    { L = pol_build_group(build, T, A, E); }
braced(B) ::= LBRACE_OPERAND(T) query(Q) RBRACE(E).
    { B = pol_build_braced(build, T, Q, E); }
braced(B) ::= LBRACE_OPERAND(T) RBRACE(E).    { B = pol_build_empty(build, T, E); }

simple(L) ::= expr(A).                    { L = pol_build_expr(build, A); }
simple(L) ::= expr(A) ASSIGN expr(B).     { L = pol_build_pair(build, POL_NODE_ASSIGN, A, B); }
simple(L) ::= expr(A) UNIFY expr(B).      { L = pol_build_pair(build, POL_NODE_UNIFY, A, B); }

/* --- terms; `expr` may be `k, v in xs`, `elem` stands between commas --- */

expr(E) ::= rel(A).                       { E = A; }
expr(E) ::= rel(K) COMMA rel(V) IN(T) rel(D).
    { E = pol_build_member(build, T, K, V, D); }
expr(E) ::= expr(V) IN(T) rel(D).         { E = pol_build_member(build, T, NULL, V, D); }
elem(E) ::= rel(A).                       { E = A; }
elem(E) ::= elem(V) IN(T) rel(D).         { E = pol_build_member(build, T, NULL, V, D); }

rel(R) ::= term(A).                       { R = A; }
rel(R) ::= rel(A) EQ|NE|LT|LE|GT|GE(T) rel(B). [EQ]
                                          { R = pol_build_infix(build, T, A, B); }
rel(R) ::= rel(A) OR(T) rel(B).           { R = pol_build_infix(build, T, A, B); }
rel(R) ::= rel(A) AND(T) rel(B).          { R = pol_build_infix(build, T, A, B); }
rel(R) ::= rel(A) PLUS|MINUS(T) rel(B). [PLUS]
                                          { R = pol_build_infix(build, T, A, B); }
rel(R) ::= rel(A) STAR|SLASH|PERCENT(T) rel(B). [STAR]
                                          { R = pol_build_infix(build, T, A, B); }

term(R) ::= ref(A).                       { R = A; }
term(R) ::= MINUS(T) ref(A).              { R = pol_build_minus(build, T, A); }

ref(R) ::= IDENT(T).                      { R = pol_build_leaf(build, POL_NODE_VAR, T); }
ref(R) ::= TRUE|FALSE(T).                 { R = pol_build_leaf(build, POL_NODE_BOOL, T); }
ref(R) ::= NULL(T).                       { R = pol_build_leaf(build, POL_NODE_NULL, T); }
ref(R) ::= NUMBER(T).                     { R = pol_build_number(build, T); }
ref(R) ::= STRING|RAW(T).                 { R = pol_build_string(build, T); }
ref(R) ::= TSTR(T).                       { R = pol_build_template(build, T, NULL); }
ref(R) ::= parts(P) TSTR_END(T).          { R = pol_build_template_end(build, P, T); }
ref(R) ::= LPAREN(T) expr(A) RPAREN(E).   { R = pol_build_paren(build, T, A, E); }
ref(R) ::= composite(A).                  { R = A; }
ref(R) ::= ref(A) DOT IDENT(T).           { R = pol_build_dot(build, A, T); }
ref(R) ::= ref(A) LBRACK_IDX expr(B) RBRACK(E).
    { R = pol_build_index(build, A, B, E); }
ref(R) ::= ref(A) LPAREN_CALL RPAREN(E).  { R = pol_build_call(build, A, NULL, E); }
ref(R) ::= ref(A) LPAREN_CALL list(L) RPAREN(E).
    { R = pol_build_call(build, A, L, E); }

parts(P) ::= TSTR_BEGIN(T) literal(L).    { P = pol_build_template(build, T, L); }
parts(P) ::= parts(A) TSTR_MID(T) literal(L).
    { P = pol_build_template_mid(build, A, T, L); }

composite(C) ::= LBRACK(T) RBRACK(E).
    { C = pol_build_collection(build, POL_NODE_ARRAY, T, NULL, E); }
composite(C) ::= LBRACK(T) lead list(L) RBRACK(E).
    { C = pol_build_collection(build, POL_NODE_ARRAY, T, L, E); }
composite(C) ::= LBRACE_SET(T) lead list(L) RBRACE(E).
    { C = pol_build_collection(build, POL_NODE_SET, T, L, E); }
composite(C) ::= LBRACE_OBJ(T) RBRACE(E).
    { C = pol_build_collection(build, POL_NODE_OBJECT, T, NULL, E); }
composite(C) ::= LBRACE_OBJ(T) lead pairs(L) RBRACE(E).
    { C = pol_build_collection(build, POL_NODE_OBJECT, T, L, E); }
composite(C) ::= LBRACE_OBJ(T) lead pairs(L) COMMA RBRACE(E).
    { C = pol_build_collection(build, POL_NODE_OBJECT, T, L, E); }
composite(C) ::= array_compr(H) query(Q) RBRACK(E).
    { C = pol_build_compr(build, H, Q, E); }
composite(C) ::= braced_compr(H) query(Q) RBRACE(E).
    { C = pol_build_compr(build, H, Q, E); }

/* What stands in front of a comprehension's query. The bracket behind belongs to
 * the rules above, so that a broken query ends there. */
array_compr(H) ::= LBRACK_COMPR(T) term(A) BAR.
    { H = pol_build_compr_head(build, POL_NODE_ARRAY_COMPR, T, A); }
braced_compr(H) ::= LBRACE_SETC(T) term(A) BAR.
    { H = pol_build_compr_head(build, POL_NODE_SET_COMPR, T, A); }
braced_compr(H) ::= LBRACE_OBJC(T) elem(K) COLON term(A) BAR.
    { H = pol_ast_add(pol_build_compr_head(build, POL_NODE_OBJECT_COMPR, T, K), A); }

/* OPA takes a comma in front of the first element. */
lead ::= .
lead ::= COMMA.
list(L) ::= elems(A).                     { L = A; }
list(L) ::= elems(A) COMMA.               { L = A; }
elems(L) ::= elem(A).                     { L = pol_build_list(build, A); }
elems(L) ::= elems(B) COMMA elem(A).      { L = pol_ast_add(B, A); }
pairs(L) ::= elem(K) COLON elem(V).       { L = pol_ast_add(pol_build_list(build, K), V); }
pairs(L) ::= pairs(B) COMMA elem(K) COLON elem(V).
    { L = pol_ast_add(pol_ast_add(B, K), V); }
