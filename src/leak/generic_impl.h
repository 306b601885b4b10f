/* leak/generic_impl.h: what the files of the generic detector share. */
#pragma once

#include "base/vec.h"
#include "leak/generic.h"
#include "leak/names.h"

#define VALUE_SIZE_MIN 3
#define VALUE_SIZE_MAX 1024 /* of a candidate; keys in PEM are other rules' */
#define NAME_LOOK_BACK 96   /* bytes before a sign of assignment that a name may take up */

/* How much a value has to look like a secret, beyond what its name asks for. */
enum demand {
        DEMAND_WORD,   /* its name is unmistakable: of a password, a word is enough */
        DEMAND_MIXED,  /* it may be a text or a name: words alone are not enough */
        DEMAND_RANDOM, /* only what looks drawn at random */
};

/* The triggers that somebody asks about by name; they stand first in the table. */
enum trigger {
        TRIGGER_QUOTED,
        TRIGGER_BARE, /* a value without quotes */
        TRIGGER_QUOTED_KEY,
        TRIGGER_BARE_KEY,
        TRIGGER_LIST,
        TRIGGER_URL,
        TRIGGER_URL_TOKEN,
        TRIGGER_DSN,
        TRIGGER_BASIC,
        TRIGGER_BEARER,
        TRIGGER_IDENTIFIED,
        TRIGGER_PASSWORD_CLAUSE,
};
#define TRIGGER_BIT(trigger) ((uint64_t)1 << (trigger))

struct generic_scan {
        struct arena *arena;
        uint64_t triggers; /* a bit for each that the first stage has seen in the text */
        struct str path, text;
        VEC(struct generic_candidate) found;
        bool recorded; /* what a program wrote down: ids of sessions are credentials */
        bool guarded;  /* translations: words are never secrets here */
        /* While a text is read that stands encoded in the file: where that is. */
        struct str encoded;
};

/* A value that stands under a name: taken where both say so. written is the view of the file's text
 * that spells it (value itself, where nothing had to be decoded). */
void generic_offer(struct generic_scan *scan, struct str name, struct str value, struct str written,
                   enum demand demand);
/* The same where the name is the whole of a variable's: a UUID that is its `key` is one. */
void generic_offer_declared(struct generic_scan *scan, struct str name, struct str value,
                            struct str written, enum demand demand);
/* Adds without a question. */
void generic_add(struct generic_scan *scan, enum generic_kind kind, struct str name,
                 struct str value, struct str written);

/* Whether a value under a name of this class is a secret. */
bool generic_is_secret(enum name_class class, struct str name, struct str value,
                       enum demand demand);

/* What gives itself away in any text: URLs and DSNs with a password, Authorization headers. written
 * as in generic_offer, for texts that are no view of the file's. */
void generic_text(struct generic_scan *scan, struct str text, struct str written);
/* Only URLs. */
void generic_urls(struct generic_scan *scan, struct str text, struct str written);
/* name=value;name=value and name=value name=value in one string. */
void generic_pairs(struct generic_scan *scan, struct str text, struct str written);

/* The signs of assignment that a language has, and what values look like. */
struct line_rules {
        bool equals, colon, arrow, comma; /* = : => and ("name", "value") */
        bool bare;                        /* values without quotes */
        bool bare_line;                   /* such a value ends with its line, not with its word */
        bool bare_names;                  /* names without quotes */
        bool line_start;                  /* only the first name of a line */
        bool flags;                       /* --password VALUE, -u user:password */
        bool elements;                    /* <password>VALUE</password> */
        bool hash_comments, slash_comments, semicolon_comments;
        enum demand demand;
};

void generic_lines(struct generic_scan *scan, struct str text, const struct line_rules *rules);

/* Whole files. */
void generic_go(struct generic_scan *scan);
void generic_yaml(struct generic_scan *scan);
void generic_json(struct generic_scan *scan);
void generic_toml(struct generic_scan *scan);
void generic_dotenv(struct generic_scan *scan);
void generic_properties(struct generic_scan *scan);
void generic_shell(struct generic_scan *scan);
void generic_markup(struct generic_scan *scan);
void generic_text_file(struct generic_scan *scan);
void generic_script(struct generic_scan *scan);

/* The text of a base64 value that is text: UTF-8 without control characters. Padding may be left
 * out. */
bool generic_decode(struct arena *arena, struct str value, struct str *ret_text);

/* The values of "auth" and "_auth", base64 of user:password, and one of them. */
void generic_auths(struct generic_scan *scan, struct str text);
void generic_login(struct generic_scan *scan, struct str value);

/* A value in base64 that stands for a text: the text is told for every other rule, and read as
 * lines of a configuration. */
void generic_encoded(struct generic_scan *scan, struct str name, struct str value);
