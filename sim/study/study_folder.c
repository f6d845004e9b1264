#include "study_folder.h"

#include <string.h>

#include "looks.h"
#include "pilot.h"

#define PILOT_SECONDS 0.1 /* to cut work into blocks: a hundredth of a study of ten seconds */

int study_folder_spec(const struct study *study, const char *program, struct study_parts *parts,
                      struct folder_spec *spec, struct error *err)
{
    int ret = study_parts(study, program, parts, err);
    *spec = (struct folder_spec){ .plan = looks_plan(study) };
    if (ret != 0)
        return ret;
    for (int i = 0; i < NUM_FOLDER_PARTS; i++)
        spec->part[i] = parts->text[i];
    spec->input[spec->num_inputs++] = (struct folder_input){ STUDY_FILE, study->text, study->text_length };
    spec->input[spec->num_inputs++] =
        (struct folder_input){ SCENARIO_FILE, study->scenario.text, strlen(study->scenario.text) };
    if (study->points_text != NULL)
        spec->input[spec->num_inputs++] =
            (struct folder_input){ POINTS_FILE, study->points_text, study->points_length };
    return 0;
}

int study_folder_open(const struct study *study, const char *path, const char *program,
                      const struct worker_clock *clock, const volatile sig_atomic_t *stop, struct folder *folder,
                      struct error *err)
{
    struct folder_spec spec = { 0 };
    struct study_parts parts = { 0 };
    struct pilot pilot;
    int ret = study_folder_spec(study, program, &parts, &spec, err);
    spec.sizes = (struct geometry_sizes){ 1, 1, 1 };
    if (ret == 0 && !folder_exists(path) && (ret = pilot_measure(study, PILOT_SECONDS, clock, stop, &pilot, err)) == 0)
        spec.sizes = geometry_choose(&spec.plan, &pilot.costs);
    if (ret == 0)
        ret = folder_create_or_open(folder, path, &spec, err);
    study_parts_free(&parts);
    return ret;
}
