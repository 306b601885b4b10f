/* policy/config_type.h: what each type of configuration value can do. Only policy/ includes this.
 */
#pragma once

#include "data/json_write.h"
#include "data/yaml.h"
#include "policy/config.h"

/* One file that is being read. */
struct config_reader {
        struct config *config;
        struct str file;
        bool only_tightens; /* a site's policy */
        struct err *err;
};

struct config_type_row {
        const char *name;  /* as the documentation calls it */
        bool only_loosens; /* a site's policy cannot have it */
        /* Reads a value into a member, which holds what was there before. */
        bool (*read)(struct config_reader *r, const struct config_key *key,
                     const struct yaml_node *node, void *member);
        /* Writes the member as YAML lines, each with its origin. */
        void (*show)(const struct config_key *key, const void *member, struct arena *arena,
                     struct buf *out);
        void (*schema)(const struct config_key *key, struct json_writer *w);
};

extern const struct config_type_row config_types[CONFIG_TYPE_COUNT];

/* Fills r->err at the node and returns false. */
bool config_refuse(struct config_reader *r, const struct yaml_node *node, const char *format, ...)
        PRINTF_LIKE(3, 4);

/* Refuses the name, with the nearest of the known ones where one is near. */
bool config_refuse_name(struct config_reader *r, const struct yaml_node *node, const char *what,
                        struct str nearest);

/* A place a value comes from. */
struct origin config_origin(const struct config_reader *r, const struct yaml_node *node);

/* Refuses a node of another kind, or with too many items. */
bool config_want(struct config_reader *r, const struct yaml_node *node, enum yaml_kind kind,
                 const struct config_key *key, const char *what);

/* The rule with exactly this id, in capitals; NULL where there is none. */
const struct rule *config_rule_named(struct str id);
struct str config_nearest_rule(struct str id);

/* One line `name: value` with its origin; the origin alone, behind what the line has since
 * line_start; a name whose items follow, or `empty` where there are none. */
void config_show_line(struct buf *out, unsigned indent, struct str name, struct str value,
                      struct origin origin, struct arena *arena);
void config_show_origin(struct buf *out, size_t line_start, struct origin origin,
                        struct arena *arena);
void config_show_heading(struct buf *out, const struct config_key *key, bool has_items,
                         const char *empty, struct arena *arena);
/* Columns before a key. */
unsigned config_indent(const struct config_key *key);
/* Hundredths as a number: "80", "79.96". */
struct str config_percent(struct arena *arena, int64_t hundredths);
/* As a YAML scalar in double quotes. */
struct str config_quoted(struct arena *arena, struct str text);

/* Parts of a JSON Schema: the words allowed; a member that is a word; an object that has no members
 * but those that follow. */
void schema_enum(struct json_writer *w, const char *const *words);
void schema_word(struct json_writer *w, const char *name, const char *value);
void schema_begin_closed(struct json_writer *w);

/* What the rows of config_types point to. */
#define CONFIG_READER(name)                                                                        \
        bool name(struct config_reader *r, const struct config_key *key,                           \
                  const struct yaml_node *node, void *member)
#define CONFIG_SHOWER(name)                                                                        \
        void name(const struct config_key *key, const void *member, struct arena *arena,           \
                  struct buf *out)
#define CONFIG_DESCRIBER(name) void name(const struct config_key *key, struct json_writer *w)

CONFIG_READER(config_read_checks);
CONFIG_READER(config_read_rules);
CONFIG_READER(config_read_words);
CONFIG_READER(config_read_texts);
CONFIG_READER(config_read_globs);
CONFIG_READER(config_read_patterns);
CONFIG_READER(config_read_waivers);
CONFIG_SHOWER(config_show_checks);
CONFIG_SHOWER(config_show_rules);
CONFIG_SHOWER(config_show_list);
CONFIG_SHOWER(config_show_waivers);
CONFIG_DESCRIBER(config_schema_checks);
CONFIG_DESCRIBER(config_schema_rules);
CONFIG_DESCRIBER(config_schema_list);
CONFIG_DESCRIBER(config_schema_patterns);
CONFIG_DESCRIBER(config_schema_waivers);
