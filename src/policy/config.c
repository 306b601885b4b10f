#include "policy/config.h"

#include "data/nearest.h"
#include "policy/config_tests.h"
#include "policy/config_type.h"

#define VULNDB_AGE_DAYS 30
#define COVERAGE_TOTAL 8000 /* hundredths of a percent */
#define COVERAGE_RATCHET 100
#define PERCENT_MAX 10000

static const char *const require_words[] = { "vulndb", "online", NULL };

static const char *const message_words[] = {
        [MESSAGE_FORM_NONE] = "none", [MESSAGE_FORM_CONVENTIONAL] = "conventional", NULL
};
static const char *const unjudged_words[] = {
        [UNJUDGED_WARN] = "warn", [UNJUDGED_REFUSE] = "refuse", NULL
};

#define MEMBER(name) .offset = offsetof(struct config, name)

const struct config_key config_keys[] = {
        { .name = STR_INIT("checks"),
          .type = CONFIG_CHECKS,
          MEMBER(checks),
          .help = { "checkpoints by name: `on`, `off`, or the stage (commit, merge, build, "
                    "release) from which on one runs",
                    "按名称设置检查点：`on`、`off`，或从哪个阶段（commit、merge、build、release）开始运行" } },
        { .name = STR_INIT("rules"),
          .type = CONFIG_RULES,
          MEMBER(rules),
          .help = { "rules by id: `error` (blocks), `warning`, `note` or `off`",
                    "按编号设置规则级别：`error`（阻断）、`warning`、`note` 或 `off`" } },
        { .section = STR_INIT("paths"),
          .name = STR_INIT("ignore"),
          .type = CONFIG_GLOBS,
          MEMBER(ignored_paths),
          .help = { "patterns, as in .gitignore, of files whose findings do not count",
                    "不计入结果的文件模式，写法同 .gitignore" } },
        { .name = STR_INIT("waivers"),
          .type = CONFIG_WAIVERS,
          MEMBER(waivers),
          .help = { "exceptions for a time, each with `rule`, `path`, `reason`, `owner` and "
                    "`expires` (YYYY-MM-DD)",
                    "有期限的例外，每项包含 `rule`、`path`、`reason`、`owner` 和 `expires`（YYYY-MM-DD）" } },
        { .name = STR_INIT("baseline"),
          .type = CONFIG_TEXT,
          .looser = LOOSER_NEVER,
          MEMBER(baseline),
          .fallback_text = STR_INIT(CONFIG_BASELINE_FILE),
          .help = { "the file that `weir baseline write` writes: findings in it do not block",
                    "由 `weir baseline write` 写入的文件：其中的问题不会阻断" } },
        { .section = STR_INIT("secrets"),
          .name = STR_INIT("key"),
          .type = CONFIG_TEXT,
          .looser = LOOSER_NEVER,
          MEMBER(secrets_key),
          .help = { "what fingerprints of secrets are made with, 64 hexadecimal digits: `weir "
                    "baseline write` draws it",
                    "用于生成密钥指纹的 64 位十六进制数：由 `weir baseline write` 生成" } },
        { .name = STR_INIT("require"),
          .type = CONFIG_WORDS,
          .words = require_words,
          MEMBER(require),
          .help = { "what must be set up for a verdict: `vulndb` (a vulnerability snapshot), "
                    "`online` (answers from the network)",
                    "给出结论前必须具备的条件：`vulndb`（漏洞快照）、`online`（联网查询）" } },
        { .section = STR_INIT("vulndb"),
          .name = STR_INIT("path"),
          .type = CONFIG_TEXT,
          .looser = LOOSER_CHANGED,
          MEMBER(vulndb_path),
          .help = { "the vulnerability snapshot to use instead of the one in weir's own folder",
                    "使用指定的漏洞快照，而不是 weir 自身目录中的快照" } },
        { .section = STR_INIT("vulndb"),
          .name = STR_INIT("max_age_days"),
          .type = CONFIG_NUMBER,
          .looser = LOOSER_HIGHER,
          MEMBER(vulndb_max_age_days),
          .fallback = VULNDB_AGE_DAYS,
          .min = 1,
          .max = 3650,
          .help = { "a vulnerability snapshot older than this many days is a finding",
                    "漏洞快照超过此天数即报告问题" } },
        { .section = STR_INIT("modules"),
          .name = STR_INIT("stdlib"),
          .type = CONFIG_FLAG,
          .looser = LOOSER_FALSE,
          MEMBER(modules_stdlib),
          .help = { "also look for known vulnerabilities of the standard library, by the go and "
                    "toolchain lines",
                    "同时根据 go 与 toolchain 行检查标准库的已知漏洞" } },
        { .section = STR_INIT("coverage"),
          .name = STR_INIT("total"),
          .type = CONFIG_PERCENT,
          .looser = LOOSER_LOWER,
          MEMBER(coverage_total),
          .fallback = COVERAGE_TOTAL,
          .max = PERCENT_MAX,
          .help = { "at least this percentage of all statements must be covered by tests",
                    "全部语句中被测试覆盖的百分比不得低于此值" } },
        { .section = STR_INIT("coverage"),
          .name = STR_INIT("package"),
          .type = CONFIG_PERCENT,
          .looser = LOOSER_LOWER,
          MEMBER(coverage_package),
          .max = PERCENT_MAX,
          .help = { "at least this percentage of the statements of each package; 0 asks nothing",
                    "每个包的语句覆盖百分比不得低于此值；0 表示不要求" } },
        { .section = STR_INIT("coverage"),
          .name = STR_INIT("patch"),
          .type = CONFIG_PERCENT,
          .looser = LOOSER_LOWER,
          MEMBER(coverage_patch),
          .max = PERCENT_MAX,
          .help = { "with --base: at least this percentage of the statements that the change has "
                    "touched; 0 asks nothing",
                    "与 --base 合用：本次变更触及的语句的覆盖百分比不得低于此值；0 表示不要求" } },
        { .section = STR_INIT("coverage"),
          .name = STR_INIT("ratchet"),
          .type = CONFIG_PERCENT,
          .looser = LOOSER_HIGHER,
          MEMBER(coverage_ratchet),
          .fallback = COVERAGE_RATCHET,
          .max = PERCENT_MAX,
          .help = { "the total may lie at most this many points below the one that `weir baseline "
                    "write --profile FILE` has stored",
                    "总覆盖率最多可比 `weir baseline write --profile FILE` 保存的值低此百分点数" } },
        { .section = STR_INIT("coverage"),
          .name = STR_INIT("exclude"),
          .type = CONFIG_GLOBS,
          MEMBER(coverage_exclude),
          .help = { "patterns, as in .gitignore, of source files that coverage does not count",
                    "不计入覆盖率的源文件模式，写法同 .gitignore" } },
        { .section = STR_INIT("coverage"),
          .name = STR_INIT("exclude_generated"),
          .type = CONFIG_FLAG,
          .looser = LOOSER_TRUE,
          MEMBER(coverage_exclude_generated),
          .help = { "leave out files with a `// Code generated ... DO NOT EDIT.` line",
                    "排除带有 `// Code generated ... DO NOT EDIT.` 行的文件" } },
        { .section = STR_INIT("hook"),
          .name = STR_INIT("commit_message"),
          .type = CONFIG_CHOICE,
          .words = message_words,
          MEMBER(hook_commit_message),
          .help = { "the form that the commit-msg hook asks for: `conventional` (Conventional "
                    "Commits) or `none`",
                    "commit-msg 钩子要求的提交说明格式：`conventional`（约定式提交）或 `none`" } },
        { .section = STR_INIT("hook"),
          .name = STR_INIT("ticket"),
          .type = CONFIG_PATTERNS,
          MEMBER(hook_ticket),
          .help = { "regular expressions (one, or a list): one of them must match somewhere in the "
                    "commit message",
                    "正则表达式（一个或列表）：提交说明中须有一处与其中之一匹配" } },
        { .section = STR_INIT("hook"),
          .name = STR_INIT("unjudged"),
          .type = CONFIG_CHOICE,
          .words = unjudged_words,
          MEMBER(hook_unjudged),
          .help = { "what hooks do where something could not be judged: `warn` or `refuse`",
                    "无法判定时钩子的处理：`warn`（警告）或 `refuse`（拒绝）" } },
        { .section = STR_INIT("init"),
          .name = STR_INIT("weir_url"),
          .type = CONFIG_TEXT,
          .looser = LOOSER_NEVER,
          MEMBER(init_weir_url),
          .help = { "where the pipeline that `weir init` writes downloads weir from: "
                    "URL#sha256=HEX",
                    "`weir init` 生成的流水线下载 weir 的地址：URL#sha256=HEX" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("args"),
          .type = CONFIG_TEXTS,
          .looser = LOOSER_CHANGED,
          .wrong = config_wrong_test_arg,
          MEMBER(tests_args),
          .help = { "more arguments of `go test`: -run, -skip, -parallel, -p, -cpu, -failfast, "
                    "-ldflags=-X ..., -coverpkg, -fullpath",
                    "`go test` 的附加参数：-run、-skip、-parallel、-p、-cpu、-failfast、-ldflags=-X ...、"
                    "-coverpkg、-fullpath" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("packages"),
          .type = CONFIG_TEXTS,
          .looser = LOOSER_CHANGED,
          .wrong = config_wrong_test_package,
          MEMBER(tests_packages),
          .help = { "package patterns to test, relative to each module (./...)",
                    "要测试的包模式，相对于各模块（默认 ./...）" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("tags"),
          .type = CONFIG_TEXTS,
          .looser = LOOSER_CHANGED,
          .wrong = config_wrong_test_tag,
          MEMBER(tests_tags),
          .help = { "build tags of the tests", "测试的构建标签" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("env"),
          .type = CONFIG_TEXTS,
          .looser = LOOSER_CHANGED,
          .wrong = config_wrong_test_env,
          MEMBER(tests_env),
          .help = { "NAME=value, set for the tests alone; never a secret",
                    "仅为测试设置的 NAME=value，不得放置密钥" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("timeout"),
          .type = CONFIG_NUMBER,
          .looser = LOOSER_NEVER,
          MEMBER(tests_timeout),
          .fallback = 600,
          .min = 1,
          .max = 86400,
          .help = { "seconds that the tests of one package may take", "单个包的测试时限（秒）" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("deadline"),
          .type = CONFIG_NUMBER,
          .looser = LOOSER_NEVER,
          MEMBER(tests_deadline),
          .fallback = 3600,
          .min = 1,
          .max = 86400,
          .help = { "seconds that vet and the tests of one module may take, building included",
                    "单个模块的 vet 与测试（含构建）总时限（秒）" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("count"),
          .type = CONFIG_NUMBER,
          .looser = LOOSER_NEVER,
          MEMBER(tests_count),
          .fallback = 1,
          .min = 1,
          .max = TEST_COUNT_MAX,
          .help = { "runs of each test, to find flaky ones",
                    "每个测试的运行次数，用于发现不稳定的测试" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("disk_mib"),
          .type = CONFIG_NUMBER,
          .looser = LOOSER_HIGHER,
          MEMBER(tests_disk),
          .fallback = 8192,
          .min = 64,
          .max = 1048576,
          .help = { "MiB that building and running the tests may fill",
                    "构建和运行测试可占用的磁盘空间（MiB）" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("short"),
          .type = CONFIG_FLAG,
          .looser = LOOSER_TRUE,
          MEMBER(tests_short),
          .help = { "run with -short", "以 -short 运行" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("network"),
          .type = CONFIG_FLAG,
          .looser = LOOSER_TRUE,
          MEMBER(tests_network),
          .help = { "the tests may use the network", "允许测试访问网络" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("race"),
          .type = CONFIG_FLAG,
          .looser = LOOSER_FALSE,
          MEMBER(tests_race),
          .fallback = 1,
          .help = { "run with the race detector", "启用竞争检测器" } },
        { .section = STR_INIT("tests"),
          .name = STR_INIT("shuffle"),
          .type = CONFIG_FLAG,
          .looser = LOOSER_NEVER,
          MEMBER(tests_shuffle),
          .help = { "run the tests of a package in another order each time",
                    "每次以不同顺序运行包内测试" } },
};
const size_t config_key_count = COUNT_OF(config_keys);

void *config_member(struct config *config, const struct config_key *key) {
        return (char *)config + key->offset;
}

const void *config_value(const struct config *config, const struct config_key *key) {
        return (const char *)config + key->offset;
}

struct str config_key_path(const struct config_key *key, struct arena *arena) {
        if (!key->section.len)
                return key->name;
        return str_fmt(arena, "%.*s.%.*s", STR_ARG(key->section), STR_ARG(key->name));
}

struct config config_default(struct arena *arena) {
        struct config config = { .arena = arena };

        for (size_t i = 0; i < config_key_count; i++) {
                void *member = config_member(&config, &config_keys[i]);

                if (config_keys[i].type == CONFIG_NUMBER || config_keys[i].type == CONFIG_PERCENT)
                        ((struct config_number *)member)->value = config_keys[i].fallback;
                else if (config_keys[i].type == CONFIG_FLAG)
                        ((struct config_flag *)member)->value = config_keys[i].fallback != 0;
                else if (config_keys[i].type == CONFIG_TEXT)
                        ((struct config_text *)member)->value = config_keys[i].fallback_text;
        }
        return config;
}

struct str origin_text(struct origin origin, struct arena *arena) {
        if (!origin.file.len)
                return STR("default");
        if (!origin.line)
                return origin.file;
        return str_fmt(arena, "%.*s:%u", STR_ARG(origin.file), origin.line);
}

/* ---- reading ---- */

static bool is_section(struct str name) {
        for (size_t i = 0; i < config_key_count; i++)
                if (config_keys[i].section.len && str_eq(config_keys[i].section, name))
                        return true;
        return false;
}

static const struct config_key *find_key(struct str section, struct str name) {
        for (size_t i = 0; i < config_key_count; i++)
                if (str_eq(config_keys[i].section, section) && str_eq(config_keys[i].name, name))
                        return &config_keys[i];
        return NULL;
}

/* The nearest key of the section; at the top, sections count too. */
static struct str nearest_key(struct str section, struct str name) {
        struct str best = STR_NONE;

        for (size_t i = 0; i < config_key_count; i++) {
                if (str_eq(config_keys[i].section, section))
                        nearest_offer(name, config_keys[i].name, &best);
                else if (!section.len)
                        nearest_offer(name, config_keys[i].section, &best);
        }
        return best;
}

static bool read_value(struct config_reader *r, const struct config_key *key,
                       const struct yaml_pair *pair) {
        const struct config_type_row *type = &config_types[key->type];
        bool only_loosens =
                type->only_loosens || (key->type == CONFIG_TEXT && key->looser == LOOSER_NEVER);

        if (r->only_tightens && only_loosens)
                return config_refuse(r, &pair->key,
                                     "%.*s can only loosen; a policy from outside the repository "
                                     "can only tighten",
                                     STR_ARG(pair->key.text));
        if (pair->value.kind == YAML_NULL)
                return true;
        return type->read(r, key, &pair->value, config_member(r->config, key));
}

static bool read_section(struct config_reader *r, struct str section,
                         const struct yaml_node *node) {
        for (size_t i = 0; i < node->count; i++) {
                const struct yaml_pair *pair = &node->pairs[i];
                const struct config_key *key = find_key(section, pair->key.text);

                if (!key)
                        return config_refuse_name(r, &pair->key, "key",
                                                  nearest_key(section, pair->key.text));
                if (!read_value(r, key, pair))
                        return false;
        }
        return true;
}

static bool read_pair(struct config_reader *r, const struct yaml_pair *pair) {
        const struct config_key *key = find_key(STR_NONE, pair->key.text);

        if (key)
                return read_value(r, key, pair);
        if (!is_section(pair->key.text))
                return config_refuse_name(r, &pair->key, "key",
                                          nearest_key(STR_NONE, pair->key.text));
        if (pair->value.kind == YAML_NULL)
                return true;
        if (pair->value.kind != YAML_MAPPING)
                return config_refuse(r, &pair->value, "%.*s wants a mapping, not %s",
                                     STR_ARG(pair->key.text), yaml_kind_name(&pair->value));
        return read_section(r, pair->key.text, &pair->value);
}

static bool read_file(struct config_reader *r, struct str text) {
        struct yaml_node root;

        if (text.len > CONFIG_SIZE_MAX)
                return err_at(r->err, ERR_LIMIT, r->file, 0, 0, "has over %zu bytes",
                              CONFIG_SIZE_MAX);
        if (!yaml_parse(r->config->arena, r->file, text, &root, r->err))
                return false;
        if (root.kind == YAML_NULL)
                return true;
        if (root.kind != YAML_MAPPING)
                return config_refuse(r, &root, "wants keys and values, not %s",
                                     yaml_kind_name(&root));
        for (size_t i = 0; i < root.count; i++)
                if (!read_pair(r, &root.pairs[i]))
                        return false;
        return true;
}

bool config_read(struct config *config, struct str file, struct str text, struct err *err) {
        struct config_reader reader = { .config = config, .file = file, .err = err };

        return read_file(&reader, text);
}

bool config_tighten(struct config *config, struct str file, struct str text, struct err *err) {
        struct config_reader reader = {
                .config = config, .file = file, .only_tightens = true, .err = err
        };

        return read_file(&reader, text);
}

/* ---- what holds ---- */

void config_override(const struct config *config, const struct rule *rule,
                     enum severity *severity) {
        for (size_t i = 0; i < config->rules.list.count; i++)
                if (config->rules.list.items[i].rule == rule)
                        *severity = config->rules.list.items[i].severity;
}

enum severity config_severity(const struct config *config, const struct rule *rule) {
        enum severity severity = rule->severity;

        config_override(config, rule, &severity);
        return severity;
}

bool config_runs(const struct config *config, const struct check *check, enum stage stage) {
        for (size_t i = 0; i < config->checks.list.count; i++) {
                const struct config_check *row = &config->checks.list.items[i];

                if (row->check == check)
                        return !row->is_off && stage >= row->from;
        }
        return stage >= check->stage;
}

bool config_requires(const struct config *config, struct str word) {
        for (size_t i = 0; i < config->require.list.count; i++)
                if (str_eq(config->require.list.items[i].value, word))
                        return true;
        return false;
}

/* ---- show, schema, documentation ---- */

/* A section's heading comes before its first key; its keys are indented. */
void config_show(const struct config *config, struct buf *out) {
        struct str section = STR_NONE;

        for (size_t i = 0; i < config_key_count; i++) {
                const struct config_key *key = &config_keys[i];

                if (key->section.len && !str_eq(key->section, section))
                        buf_printf(out, "%.*s:\n", STR_ARG(key->section));
                section = key->section;
                config_types[key->type].show(key, config_value(config, key), config->arena, out);
        }
}

static void schema_key(const struct config_key *key, struct json_writer *w) {
        json_key(w, key->name);
        json_begin_object(w);
        json_key(w, STR("description"));
        json_put_string(w, str_of(key->help.en));
        config_types[key->type].schema(key, w);
        json_end_object(w);
}

static void schema_section(struct str section, struct json_writer *w) {
        json_key(w, section);
        json_begin_object(w);
        json_key(w, STR("type"));
        json_put_string(w, STR("object"));
        json_key(w, STR("additionalProperties"));
        json_put_bool(w, false);
        json_key(w, STR("properties"));
        json_begin_object(w);
        for (size_t i = 0; i < config_key_count; i++)
                if (str_eq(config_keys[i].section, section))
                        schema_key(&config_keys[i], w);
        json_end_object(w);
        json_end_object(w);
}

static bool is_first_of_section(size_t at) {
        for (size_t i = 0; i < at; i++)
                if (str_eq(config_keys[i].section, config_keys[at].section))
                        return false;
        return true;
}

static void schema_properties(struct json_writer *w) {
        json_begin_object(w);
        for (size_t i = 0; i < config_key_count; i++) {
                if (!config_keys[i].section.len)
                        schema_key(&config_keys[i], w);
                else if (is_first_of_section(i))
                        schema_section(config_keys[i].section, w);
        }
        json_end_object(w);
}

void config_schema(struct buf *out) {
        struct json_writer w = json_write(out, JSON_INDENTED);

        json_begin_object(&w);
        json_key(&w, STR("$schema"));
        json_put_string(&w, STR("http://json-schema.org/draft-07/schema#"));
        json_key(&w, STR("title"));
        json_put_string(&w, STR("weir.yaml"));
        json_key(&w, STR("type"));
        json_put_string(&w, STR("object"));
        json_key(&w, STR("additionalProperties"));
        json_put_bool(&w, false);
        json_key(&w, STR("properties"));
        schema_properties(&w);
        json_end_object(&w);
        buf_add_char(out, '\n');
}

static void document_fallback(const struct config_key *key, struct buf *out) {
        if (key->type == CONFIG_NUMBER)
                buf_printf(out, "`%lld`", (long long)key->fallback);
        else if (key->type == CONFIG_PERCENT)
                buf_printf(out, "`%.*s`", STR_ARG(config_percent(out->arena, key->fallback)));
        else if (key->type == CONFIG_FLAG)
                buf_printf(out, "`%s`", key->fallback ? "true" : "false");
        else if (key->type == CONFIG_CHOICE)
                buf_printf(out, "`%s`", key->words[0]);
        else if (key->fallback_text.len)
                buf_printf(out, "`%.*s`", STR_ARG(key->fallback_text));
}

void config_document(enum lang lang, struct buf *out) {
        static const struct text heading = { "| key | type | default | meaning |\n",
                                             "| 键 | 类型 | 默认值 | 含义 |\n" };

        buf_add(out, str_of(text_in(&heading, lang)));
        buf_add(out, STR("|---|---|---|---|\n"));
        for (size_t i = 0; i < config_key_count; i++) {
                const struct config_key *key = &config_keys[i];

                buf_printf(out, "| `%.*s%s%.*s` | %s | ", STR_ARG(key->section),
                           key->section.len ? "." : "", STR_ARG(key->name),
                           config_types[key->type].name);
                document_fallback(key, out);
                buf_printf(out, " | %s |\n", text_in(&key->help, lang));
        }
}
