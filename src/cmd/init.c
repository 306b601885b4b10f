/* weir init: a pipeline for the repository, and what an existing one lacks. */
#include "cmd/init_command.h"

#include "cmd/check_command.h"
#include "data/utf8.h"
#include "facts/facts.h"
#include "pipeline/services.h"
#include "pipeline/takeover.h"
#include "policy/config.h"
#include "sys/file.h"
#include "sys/interrupt.h"

#define READ_MAX ((size_t)1 << 20)

struct init {
        struct cmd_context *context;
        const struct cmd_line *line;
        struct str path;              /* as given; empty: the current folder */
        const struct platform *asked; /* NULL: chosen by what is found */
        struct repo *repo;            /* NULL outside a repository */
        struct tree *tree;
        struct survey survey;
        struct platform_choice choice;
        struct pipeline_plan plan;
        struct takeover takeover;
        bool is_joined; /* the file that is there reads ours already */
        struct init_files files;
};

static const char *in_words(const struct init *init, const char *en, const char *zh) {
        return init->context->lang == LANG_ZH ? zh : en;
}

/* ---- what is asked ---- */

static bool read_words(struct init *init, struct err *err) {
        for (size_t i = 0; i < init->line->operands.count; i++) {
                struct str word = init->line->operands.items[i];
                const struct platform *platform = platform_find(word);

                if (platform && !init->asked && !init->path.len)
                        init->asked = platform;
                else if (!init->path.len)
                        init->path = word;
                else
                        return err_set(err, ERR_USAGE, "init: one word too many: %.*s",
                                       STR_ARG(word));
        }
        if (!init->path.len || file_is_dir(init->path))
                return true;
        err_set(err, ERR_USAGE, "%.*s is neither a platform nor a folder", STR_ARG(init->path));
        return err_mend(err, "github, gitlab, gitea, forgejo or jenkins");
}

static bool open_root(struct init *init, struct err *err) {
        struct arena *arena = init->context->arena;
        struct str root = init->path.len ? init->path : STR(".");

        if (!repo_open(arena, &init->context->env, init->path, &init->repo, err))
                return false;
        if (init->repo && repo_info(init->repo)->is_bare) {
                err_at(err, ERR_USAGE, repo_info(init->repo)->git_dir, 0, 0,
                       "a bare repository has no files to add to");
                return err_mend(err, "run weir init in a clone of it");
        }
        if (init->repo)
                root = repo_info(init->repo)->work_dir;
        return file_real_path(arena, root, &init->files.root, err) &&
               tree_open_worktree(arena, init->files.root, &init->tree, err);
}

/* What git keeps out is not there when the pipeline runs. */
static bool is_ignored(const struct init *init, struct str path) {
        return init->repo && repo_is_ignored(init->repo, path, false);
}

static bool take_survey(struct init *init, struct err *err) {
        struct arena *arena = init->context->arena;
        struct repo_facts facts = { .tree = init->tree };
        VEC(struct str) dirs = { 0 };

        facts_find_modules(&facts, STR_NONE, arena);
        for (size_t i = 0; i < facts.module_count; i++)
                if (!is_ignored(init, facts.modules[i].modfile_path))
                        *VEC_ADD(arena, &dirs) = facts.modules[i].dir;
        survey_take(arena, init->tree, dirs.items, dirs.count, &init->survey);
        if (init->survey.module_count)
                return true;
        err_at(err, ERR_UNSUPPORTED, init->files.root, 0, 0,
               "no Go module that can be read (go.mod) is at or under this folder");
        return err_mend(err, "go mod init PATH, then weir init");
}

/* --weir-url, else what weir.yaml says. */
static bool find_weir(struct init *init, struct err *err) {
        struct arena *arena = init->context->arena;
        struct config config = config_default(arena);
        const struct tree_entry *entry = tree_find(init->tree, CONFIG_FILE);
        struct str value, text;

        if (cmd_value(init->line, "weir-url", &value))
                return pipeline_weir_parse(arena, value, &init->plan.weir, err);
        if (!entry)
                return true;
        if (!tree_read(init->tree, entry, arena, CONFIG_SIZE_MAX, &text, err) ||
            !config_read(&config, CONFIG_FILE, text, err))
                return false;
        value = config.init_weir_url.value;
        if (!value.len || pipeline_weir_parse(arena, value, &init->plan.weir, err))
                return true;
        err->code = ERR_SYNTAX;
        return err_place(err, CONFIG_FILE);
}

static void choose_platform(struct init *init) {
        struct str remote = STR_NONE;

        if (init->repo)
                remote = repo_remote_url(init->repo, init->context->arena, "origin");
        init->choice = platform_choose(init->tree, remote);
}

/* ---- what is written ---- */

/* Where the platform's own file is somebody's, another is written that it can read. */
static struct str pipeline_path(struct init *init, const struct platform *platform) {
        const struct tree_entry *entry = tree_find(init->tree, str_of(platform->path));
        struct str text = STR_NONE;
        struct err err;

        if (!platform->instead || !entry ||
            (entry->kind == TREE_FILE &&
             tree_read(init->tree, entry, init->context->arena, READ_MAX, &text, &err) &&
             pipeline_is_ours(text)))
                return str_of(platform->path);
        init->plan.joins = true;
        init->is_joined = entry->kind == TREE_FILE && str_contains(text, str_of(platform->instead));
        return str_of(platform->instead);
}

static bool is_config_key(struct str key, struct arena *arena) {
        for (size_t i = 0; i < config_key_count; i++)
                if (str_eq(config_key_path(&config_keys[i], arena), key))
                        return true;
        return false;
}

static struct str section_of(const struct takeover_item *item) {
        struct str section = STR_NONE, name;

        if (item->key)
                str_cut(str_of(item->key), '.', &section, &name);
        return section;
}

static struct str name_of(const struct takeover_item *item) {
        return str_slice(str_of(item->key), section_of(item).len + 1, SIZE_MAX);
}

/* Whether weir.yaml could hold the item alone. */
static bool is_accepted(struct init *init, const struct takeover_item *item) {
        struct arena *arena = init->context->arena;
        struct config config = config_default(arena);
        bool is_list = takeover_is_list(item->key);
        struct str text = str_fmt(arena, "%.*s: {%.*s: %s%.*s%s}\n", STR_ARG(section_of(item)),
                                  STR_ARG(name_of(item)), is_list ? "[" : "", STR_ARG(item->value),
                                  is_list ? "]" : "");
        struct err err;

        return config_read(&config, CONFIG_FILE, text, &err);
}

/* A setting that this weir has no key for, or a value that it would refuse, is not taken over. */
static void drop_what_is_refused(struct init *init) {
        static const struct text no_key = { "this weir has no such setting",
                                            "该版本的 weir 没有此项设置" };
        static const struct text refused = { "weir.yaml takes no such value",
                                             "weir.yaml 不接受该值" };

        for (size_t i = 0; i < init->takeover.items.count; i++) {
                struct takeover_item *item = &init->takeover.items.items[i];

                if (!item->key)
                        continue;
                if (!is_config_key(str_of(item->key), init->context->arena))
                        item->why = &no_key;
                else if (!is_accepted(init, item))
                        item->why = &refused;
                else
                        continue;
                item->key = NULL;
        }
}

static void add_service_item(struct init *init, const char *service, const char *key,
                             struct str value) {
        *VEC_ADD(init->context->arena, &init->takeover.items) = (struct takeover_item){
                .file = init->survey.go_file, .what = str_of(service), .key = key, .value = value
        };
}

/* Tests get no environment but what weir.yaml names, and no network unless it says so. */
static void add_services(struct init *init) {
        struct arena *arena = init->context->arena;

        for (size_t i = 0; i < service_count && !init->survey.starts_services; i++) {
                struct str vars, line;

                if (!(init->survey.services >> i & 1))
                        continue;
                vars = pipeline_service_vars(arena, init->choice.platform, &services[i]);
                while (str_next_line(&vars, &line))
                        add_service_item(init, services[i].name, "tests.env",
                                         str_fmt(arena, "\"%.*s\"", STR_ARG(line)));
                if (!takeover_find(&init->takeover, "tests.network"))
                        add_service_item(init, services[i].name, "tests.network", STR("true"));
        }
}

/* Whether an earlier item has the same section (or, whole, the same key). */
static bool was_before(const struct takeover *takeover, size_t at, bool whole) {
        const struct takeover_item *item = &takeover->items.items[at];

        for (size_t i = 0; i < at; i++) {
                const struct takeover_item *other = &takeover->items.items[i];

                if (other->key && str_eq(section_of(other), section_of(item)) &&
                    (!whole || str_eq(str_of(other->key), str_of(item->key))))
                        return true;
        }
        return false;
}

static void add_origin(const struct takeover_item *item, struct buf *out) {
        if (item->line)
                buf_printf(out, " # %.*s:%u\n", STR_ARG(item->file), item->line);
        else
                buf_printf(out, " # %.*s\n", STR_ARG(item->what));
}

static void add_key(const struct takeover *takeover, const struct takeover_item *item,
                    struct buf *out) {
        if (!takeover_is_list(item->key)) {
                buf_printf(out, "  %.*s: %.*s", STR_ARG(name_of(item)), STR_ARG(item->value));
                add_origin(item, out);
                return;
        }
        buf_printf(out, "  %.*s:\n", STR_ARG(name_of(item)));
        for (size_t i = 0; i < takeover->items.count; i++) {
                const struct takeover_item *other = &takeover->items.items[i];

                if (!other->key || !str_eq(str_of(other->key), str_of(item->key)))
                        continue;
                buf_printf(out, "    - %.*s", STR_ARG(other->value));
                add_origin(other, out);
        }
}

static void add_section(struct init *init, struct str section, struct buf *out) {
        const struct takeover *takeover = &init->takeover;

        buf_printf(out, "\n%.*s:\n", STR_ARG(section));
        for (size_t i = 0; i < takeover->items.count; i++)
                if (str_eq(section_of(&takeover->items.items[i]), section) &&
                    !was_before(takeover, i, true))
                        add_key(takeover, &takeover->items.items[i], out);
}

static struct str policy_text(struct init *init) {
        struct buf out = buf_make(init->context->arena);
        const struct pipeline_weir *weir = &init->plan.weir;
        const struct takeover *takeover = &init->takeover;

        buf_add(&out,
                STR("# What weir asks of this repository; `weir config keys` says what each key "
                    "means, `weir\n# config show` what holds.\n"));
        for (size_t i = 0; i < takeover->items.count; i++)
                if (takeover->items.items[i].key && !was_before(takeover, i, false))
                        add_section(init, section_of(&takeover->items.items[i]), &out);
        if (weir->url.len)
                buf_printf(&out,
                           "\n# Where the pipeline gets weir from.\ninit:\n"
                           "  weir_url: \"%.*s#sha256=%.*s\"\n",
                           STR_ARG(weir->url), STR_ARG(weir->sha256));
        return buf_str(&out);
}

static void make_files(struct init *init) {
        const struct platform *platform = init->choice.platform;
        struct init_files *files = &init->files;

        init->plan.survey = &init->survey;
        files->items[0].path = pipeline_path(init, platform);
        files->items[0].text = pipeline_write(init->context->arena, platform, &init->plan);
        files->items[1] = (struct init_file){ .path = CONFIG_FILE,
                                              .text = policy_text(init),
                                              .is_theirs = true };
        files->count = 2;
}

/* ---- what is said ---- */

static void tell_modules(const struct init *init) {
        const struct survey *survey = &init->survey;
        FILE *out = init->context->out;

        fprintf(out, "%s", in_words(init, "found: ", "发现："));
        for (size_t i = 0; i < survey->module_count; i++)
                fprintf(out, "%s%.*s", i ? ", " : "",
                        STR_ARG(survey->modules[i].dir.len ? survey->modules[i].dir : STR(".")));
        fprintf(out, " (%s), Go %.*s",
                survey->module_count == 1 ? in_words(init, "module", "模块")
                                          : in_words(init, "modules", "模块"),
                STR_ARG(survey->go_minor));
        fprintf(out, "%s",
                survey->has_tests ? in_words(init, ", tests", "，测试")
                                  : in_words(init, ", no tests", "，没有测试"));
        if (survey->dockerfile.len)
                fprintf(out, ", %.*s", STR_ARG(survey->dockerfile));
        fprintf(out, "\n");
}

static void tell_services(const struct init *init) {
        const struct survey *survey = &init->survey;
        FILE *out = init->context->out;

        if (!survey->services)
                return;
        fprintf(out, "%s",
                in_words(init, "services that tests seem to use:", "测试似乎用到的服务："));
        for (size_t i = 0; i < service_count; i++)
                if (survey->services >> i & 1)
                        fprintf(out, " %s", services[i].name);
        fprintf(out, "%s\n",
                survey->starts_services
                        ? in_words(init, " (the tests start them themselves)", "（由测试自行启动）")
                        : "");
}

static void tell_odd_folders(const struct init *init) {
        for (size_t i = 0; i < init->survey.odd.count; i++)
                fprintf(init->context->out, "%s%.*s\n",
                        in_words(init, "left out, its name cannot stand in a script: ",
                                 "已略过，其名称无法写入脚本："),
                        STR_ARG(init->survey.odd.items[i]));
}

static void tell_item(const struct init *init, const struct takeover_item *item) {
        FILE *out = init->context->out;

        fprintf(out, "  %.*s", STR_ARG(item->file));
        if (item->line)
                fprintf(out, ":%u", item->line);
        if (item->what.len)
                fprintf(out, ": %.*s", STR_ARG(utf8_printable(init->context->arena, item->what)));
        if (item->key)
                fprintf(out, " -> %s %.*s", item->key,
                        STR_ARG(utf8_printable(init->context->arena, item->value)));
        if (item->why)
                fprintf(out, "%s%s%s", in_words(init, " (", "（"),
                        text_in(item->why, init->context->lang), in_words(init, ")", "）"));
        fprintf(out, "\n");
}

/* What goes into weir.yaml, where init writes it; and what does not. */
static void tell_takeover(const struct init *init, bool taken, const char *heading) {
        bool told = false;

        for (size_t i = 0; i < init->takeover.items.count; i++) {
                const struct takeover_item *item = &init->takeover.items.items[i];

                if ((item->key != NULL) != taken)
                        continue;
                if (!told)
                        fprintf(init->context->out, "%s\n", heading);
                told = true;
                tell_item(init, item);
        }
}

static void tell_takeovers(const struct init *init) {
        bool is_written = init->files.items[1].fate != INIT_KEPT;

        tell_takeover(
                init, true,
                is_written ? in_words(init, "taken over into weir.yaml:", "已写入 weir.yaml：")
                           : in_words(init, "would be taken over, but weir.yaml is there already:",
                                      "可写入，但 weir.yaml 已存在："));
        tell_takeover(init, false, in_words(init, "not taken over:", "未采用："));
}

static void tell_platform(const struct init *init) {
        static const struct text reasons[] = {
                [PLATFORM_BY_TRACE] = { "there is", "存在" },
                [PLATFORM_BY_REMOTE] = { "origin is at", "origin 位于" },
                [PLATFORM_BY_DEFAULT] = { "nothing in the repository says which; name another: weir "
                                          "init gitlab|gitea|forgejo|jenkins",
                                          "仓库中没有线索；可指定：weir init "
                                          "gitlab|gitea|forgejo|jenkins" },
        };
        const struct platform_choice *choice = &init->choice;

        fprintf(init->context->out, "%s%s", in_words(init, "platform: ", "平台："),
                choice->platform->title);
        if (!init->asked)
                fprintf(init->context->out, " (%s%s%.*s)",
                        text_in(&reasons[choice->reason], init->context->lang),
                        choice->what.len ? " " : "", STR_ARG(choice->what));
        fprintf(init->context->out, "\n");
}

static void tell_next(const struct init *init) {
        const struct platform *platform = init->choice.platform;
        FILE *out = init->context->out;

        if (!init->plan.weir.url.len)
                fprintf(out, "%s\n",
                        in_words(init,
                                 "weir must be on the runner's PATH; to have it downloaded and "
                                 "checked: --weir-url URL#sha256=HEX",
                                 "weir 须在运行器的 PATH 中；要让流水线下载并校验：--weir-url "
                                 "URL#sha256=HEX"));
        if (init->plan.joins && !init->is_joined)
                fprintf(out, "%s\n", in_words(init, platform->join, platform->join_zh));
}

static int refuse(const struct init *init) {
        fprintf(init->context->log, "%s\n",
                in_words(init,
                         "weir: a file was edited, so nothing was written\n"
                         "      mend: --force replaces it by what the diff shows",
                         "weir: 文件已被修改，未写入任何内容\n"
                         "      修复：--force 按上面的差异替换"));
        return EXIT_FAIL;
}

static bool tell_files(const struct init *init, bool writes, struct err *err) {
        return init_files_tell(init->context, &init->files, writes, cmd_has(init->line, "dry-run"),
                               err);
}

static int act(struct init *init, struct err *err) {
        bool refused = init_files_differ(&init->files) && !cmd_has(init->line, "force");
        bool writes = !refused && !cmd_has(init->line, "dry-run");

        if (writes && !init_files_write(init->context, &init->files, err))
                return cmd_fail(init->context, err);
        if (!tell_files(init, writes, err))
                return cmd_fail(init->context, err);
        if (refused)
                return refuse(init);
        tell_next(init);
        return EXIT_PASS;
}

static int prepare_and_act(struct init *init) {
        struct err err;

        if (!open_root(init, &err) || !take_survey(init, &err) || !find_weir(init, &err))
                return cmd_fail(init->context, &err);
        choose_platform(init);
        if (init->asked)
                init->choice.platform = init->asked;
        takeover_read(init->context->arena, init->tree, &init->takeover);
        add_services(init);
        drop_what_is_refused(init);
        make_files(init);
        if (!init_files_compare(init->context, &init->files, &err))
                return cmd_fail(init->context, &err);
        tell_modules(init);
        tell_services(init);
        tell_odd_folders(init);
        tell_platform(init);
        tell_takeovers(init);
        return act(init, &err);
}

/* ---- what an existing pipeline lacks ---- */

static bool has_pipeline(const struct tree *tree) {
        const struct tree_entry *entries;
        enum scan_platform platform;
        size_t count;

        entries = tree_entries(tree, &count);
        for (size_t i = 0; i < count; i++)
                if (scan_is_pipeline(entries[i].path, &platform))
                        return true;
        return false;
}

static int say_no_pipeline(const struct init *init) {
        struct err err;

        err_at(&err, ERR_NOT_FOUND, init->files.root, 0, 0, "has no pipeline file that weir knows");
        err_mend(&err, "weir init writes one");
        return cmd_fail(init->context, &err);
}

static int judge_pipelines(struct init *init) {
        struct check_options options;
        struct err err;

        if (init->asked) {
                err_set(&err, ERR_USAGE, "--check judges every pipeline file there is, not %s",
                        init->asked->name);
                return cmd_fail(init->context, &err);
        }
        interrupt_watch();
        if (!open_root(init, &err) ||
            !check_options_read(init->context, init->line, &options, &err))
                return cmd_fail(init->context, &err);
        if (!has_pipeline(init->tree))
                return say_no_pipeline(init);
        options.checks.count = 0;
        *VEC_ADD(init->context->arena, &options.checks) = check_find(STR("config"));
        options.only = true;
        return check_judge(init->context, &options);
}

static int init_run(struct cmd_context *context, const struct cmd_line *line) {
        struct init init = { .context = context, .line = line };
        struct err err;
        int status;

        if (!read_words(&init, &err))
                return cmd_fail(context, &err);
        status = cmd_has(line, "check") ? judge_pipelines(&init) : prepare_and_act(&init);
        repo_close(&init.repo);
        return status;
}

static const char *const verbs[] = { "github", "gitlab", "gitea", "forgejo", "jenkins", NULL };

/* one option a row */
/* clang-format off */
static const struct cmd_option options[] = {
        { "weir-url", "URL#sha256=HEX", NULL, false,
          { "where the pipeline downloads weir from, and its SHA-256 (init.weir_url of weir.yaml)",
            "流水线下载 weir 的地址及其 SHA-256（默认取 weir.yaml 的 init.weir_url）" } },
        { "force", NULL, NULL, false,
          { "replace a pipeline file that was edited", "替换已被修改的流水线文件" } },
        { "check", NULL, NULL, false,
          { "write nothing: say what the pipeline files that are there lack", "不写入：指出现有流水线文件的缺陷" } },
        { "format", "FORMAT[=FILE]", NULL, false,
          { "with --check: how and where to report, as in weir check; may be repeated (text)",
            "与 --check 合用：报告格式与去向，同 weir check，可重复（默认 text）" } },
        { "color", "WHEN", "auto|always|never", false,
          { "with --check: colours in text (auto)", "与 --check 合用：文本着色（默认 auto）" } },
        { "dry-run", NULL, NULL, false,
          { "show what would be written, write nothing", "仅显示将写入的内容" } },
};
/* clang-format on */

const struct command command_init = {
        .name = "init",
        .operands = "[github|gitlab|gitea|forgejo|jenkins] [PATH]",
        .operand_max = 2,
        .title = { "write a pipeline that judges every change", "生成检查每次变更的流水线" },
        .about = { "Looks at the repository of PATH (or the one that you stand in) and writes its\n"
                   "pipeline file and, where there is none, weir.yaml. An edited file is shown as a diff\n"
                   "and kept.",
                   "查看 PATH 所在（或当前）的仓库，写入流水线文件；没有 weir.yaml 时一并写入。\n"
                   "已被修改的文件只显示差异，不会覆盖。" },
        .verbs = verbs,
        .options = options,
        .option_count = COUNT_OF(options),
        .run = init_run,
};
