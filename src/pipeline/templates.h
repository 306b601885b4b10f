/* pipeline/templates.h: the files of templates/, as text. pipeline/template.h says what stands in
 * them. */
#pragma once

extern const char pipeline_template_github[];
extern const char pipeline_template_gitlab[];
extern const char pipeline_template_gitea[];
extern const char pipeline_template_jenkins[];
extern const char pipeline_template_comment[];
extern const char pipeline_template_gitlab_comment[];
extern const char pipeline_template_get_weir[];
extern const char pipeline_template_download_modules[];
