/* What a broken study is told: its errors with file and line, no others, in both languages. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "study_help.h"

#define FACTORIAL "design: { method = \"factorial\"; };\n"
#define TWO "scenario = \"two.cfg\";\n"
#define A "{ name = \"a\"; values = [1, 2]; }"
#define TURNOVER                                                                                                       \
    "{ path = \"every_clinic.organizational.nurse_turnover_rate\"; name = \"turnover\"; values = [0.1, 0.2]; }"
#define BARE STUDY_HEAD FACTORIAL "vary: ( " A " );\n"               /* 3 lines */
#define FULL STUDY_HEAD TWO FACTORIAL "vary: ( " TURNOVER " );\n"    /* 4 lines */
#define VARY(rest) STUDY_HEAD FACTORIAL "vary: (\n{ " rest " } );\n" /* what is told of stands in line 4 */
#define METHOD(method, rest) STUDY_HEAD "design: { method = \"" method "\"; };\nvary: (\n{ " rest " } );\n"
#define LIST(rest) STUDY_HEAD "design: { method = \"list\"; " rest "};\n" /* 2 lines */
#define AB "vary: ( { name = \"a\"; }, { name = \"b\"; values = [\"x\", \"y\"]; } );\n"
#define CSV LIST("file = \"p.csv\"; ") AB
#define SEVEN LIST("file = \"p.csv\"; ") "vary: ( { name = \"a\"; range = [0, 7]; whole = true; } );\n"
#define WHERE(text) BARE "where = \"" text "\";\n"                      /* line 4 */
#define SET(rest) STUDY_HEAD TWO FACTORIAL "vary: (\n{ " rest " } );\n" /* line 5 */

static const struct {
    const char *study, *points;
    const char *file; /* told of; NULL: the study */
    int line;
    const char *en, *fr;
} broken[] = {
    /* the file as a whole */
    { "vary: ( " A " ); " FACTORIAL, NULL, NULL, 1, "format = \"milieu-study/1\" must stand in every study file",
      "doit figurer dans tout fichier d'étude" },
    { "format = \"milieu-scenario/1\"; id = \"x\"; meso: ( { id = \"a\"; } );", NULL, NULL, 1,
      "this is a scenario, not a study", "c'est un scénario, non une étude" },
    { "format = \"milieu-study/2\";\n" FACTORIAL "vary: ( " A " );\n", NULL, NULL, 1, "must be one of milieu-study/1",
      "doit être un de milieu-study/1" },
    { STUDY_HEAD "vary: ( " A " );", NULL, NULL, 0, "the key 'design' is missing", "il manque la clé « design »" },
    { STUDY_HEAD FACTORIAL, NULL, NULL, 0, "the key 'vary' is missing", "il manque la clé « vary »" },
    { BARE "respnd = [\"reach\"];", NULL, NULL, 4, "did you mean 'respond'?", "vouliez-vous dire « respond » ?" },
    { STUDY_HEAD FACTORIAL "vary: ();\n", NULL, NULL, 3, "vary has 0 items", "vary a 0 éléments" },
    { STUDY_HEAD FACTORIAL "vary: ( 3 );\n", NULL, NULL, 3, "vary[number 1] must be a group", "doit être un groupe" },
    { STUDY_HEAD "design: { };\nvary: ( " A " );", NULL, NULL, 2, "design: the key 'method' is missing",
      "design : il manque la clé « method »" },
    { STUDY_HEAD "design: { method = \"grid\"; };\nvary: ( " A " );", NULL, NULL, 2,
      "design.method = \"grid\" must be one of", "design.method = \"grid\" doit être un de" },
    { BARE "title = 3;", NULL, NULL, 4, "title must be a text", "title doit être un texte" },
    { BARE "id = \"A B\";", NULL, NULL, 4, "an id is made of", "un id est fait de" },
    /* design */
    { STUDY_HEAD "design: { method = \"factorial\"; n = 4; };\nvary: ( " A " );", NULL, NULL, 2,
      "design.n does not go with method factorial: it belongs to latin-hypercube, sobol, morris, saltelli",
      "design.n ne va pas avec la méthode factorial" },
    { STUDY_HEAD "design: { method = \"sobol\"; };\nvary: ( " A " );", NULL, NULL, 2,
      "method sobol needs n, as in n = 64", "la méthode sobol demande n" },
    { STUDY_HEAD "design: { method = \"morris\"; n = 4; };\nvary: (\n{ name = \"a\"; values = [1, 2, 3, 4, 5]; } );\n",
      NULL, NULL, 4, "gives 5 values their turn only where design.levels, 4, is a multiple of it: levels = 10",
      "en est un multiple" },
    { VARY("name = \"a\"; levels = 3; range = [-1e308, 1e308];"), NULL, NULL, 4, "is wider than any number can be",
      "est plus large que tout nombre" },
    { SET("path = \"time.horizon\"; name = \"h\"; values = [52, 60];"), NULL, NULL, 5,
      "clinics, arms and horizon stay the scenario's at every point", "restent ceux du scénario" },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 4; maximin = true; };\nvary: ( " A " );", NULL, NULL, 2,
      "design.maximin does not go with method sobol: it belongs to latin-hypercube",
      "sa place est dans latin-hypercube" },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 4; second_order = true; };\nvary: ( " A " );", NULL, NULL, 2,
      "it belongs to saltelli", "sa place est dans saltelli" },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 4; };\nvary: ( " A " );\npoints = ( (1) );\n", NULL, NULL, 4,
      "points does not go with method sobol", "points ne va pas avec la méthode sobol" },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 4; };\nvary: ( " A " );\nwhere = \"a < 2\";\n", NULL, NULL, 4,
      "where does not go with method sobol: it belongs to factorial, list", "where ne va pas avec la méthode sobol" },
    { STUDY_HEAD "design: { method = \"morris\"; n = 4;\nlevels = 3; };\nvary: ( " A " );\n", NULL, NULL, 3, "even",
      "pair" },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 0; };\nvary: ( " A " );", NULL, NULL, 2, "design.n = 0 is outside",
      "design.n = 0 est hors" },
    { STUDY_HEAD
      "design: { method = \"factorial\";\nlevels = 1000; };\nvary: ( { name = \"a\"; range = [0, 1]; }, { name = "
      "\"b\"; range = [0, 1]; }, { name = \"c\"; range = [0, 1]; }, { name = \"d\"; range = [0, 1]; }, { name = "
      "\"e\"; range = [0, 1]; } );\n",
      NULL, NULL, 2, "1e+15 points are too many; at most 1e+12", "1e+15 points, c'est trop ; au plus 1e+12" },
    { STUDY_HEAD
      "design: { method = \"factorial\";\nlevels = 1000; };\nvary: ( { name = \"a\"; range = [0, 1]; }, { name = "
      "\"b\"; range = [0, 1]; }, { name = \"c\"; range = [0, 1]; }, { name = \"d\"; range = [0, 1]; } );\nwhere "
      "= \"a < b\";\n",
      NULL, NULL, 2, "1e+12 points are too many; at most 1e+08 with where", "au plus 1e+08 avec where" },
    { WHERE("a > 2"), NULL, NULL, 4, "where keeps none of the 2 points", "where ne garde aucun des 2 points" },
    /* what varies */
    { VARY("values = [1, 2];"), NULL, NULL, 4, "vary[number 1]: the key 'name' is missing",
      "il manque la clé « name »" },
    { VARY("name = \"a b\"; values = [1, 2];"), NULL, NULL, 4, "a name is made of letters, digits and _",
      "un nom est fait de lettres, de chiffres et de _" },
    { VARY("name = \"and\"; values = [1, 2];"), NULL, NULL, 4, "a name is made of letters",
      "un nom est fait de lettres" },
    { VARY("name = 3; values = [1, 2];"), NULL, NULL, 4, "name must be a text", "name doit être un texte" },
    { VARY("name = \"a\";"), NULL, NULL, 4,
      "vary[a]: what it takes is missing: range = [low, high], values or distribution",
      "vary[a] : il manque ce qu'il prend" },
    { VARY("name = \"a\"; range = [0, 1]; levels = 2; values = [1, 2];"), NULL, NULL, 4,
      "vary[a]: one of range, values and distribution, not two", "un seul des trois" },
    { VARY("name = \"a\"; range = [2, 1]; levels = 3;"), NULL, NULL, 4,
      "vary[a]: range = [2, 1]: the lower end comes first", "le bas vient d'abord" },
    { VARY("name = \"a\"; range = [1, 1]; levels = 3;"), NULL, NULL, 4, "is less than the higher", "est sous le haut" },
    { VARY("name = \"a\"; range = [0, 1]; levels = 3; scale = \"log\";"), NULL, NULL, 4,
      "a scale = \"log\" needs both ends > 0", "scale = \"log\" demande deux bouts > 0" },
    { VARY("name = \"a\"; range = [0, 1]; levels = 3; scale = \"cubic\";"), NULL, NULL, 4, "must be one of linear|log",
      "doit être un de linear|log" },
    { VARY("name = \"a\"; range = [0, 1, 2]; levels = 3;"), NULL, NULL, 4, "range must be two numbers, [low, high]",
      "range doit être deux nombres" },
    { VARY("name = \"a\"; range = [\"x\", \"y\"]; levels = 3;"), NULL, NULL, 4, "range must be two numbers",
      "range doit être deux nombres" },
    { VARY("name = \"a\"; range = 3; levels = 3;"), NULL, NULL, 4, "vary[number 1].range must be a list",
      "range doit être une liste" },
    { VARY("name = \"a\"; range = [0.5, 4.0]; levels = 3; whole = true;"), NULL, NULL, 4,
      "only whole numbers may stand here", "seuls des entiers sont permis" },
    { VARY("name = \"a\"; range = [0, 2]; levels = 4; whole = true;"), NULL, NULL, 4,
      "levels = 4 is too many for the whole numbers 0 .. 2", "levels = 4 est trop pour les entiers 0 .. 2" },
    { VARY("name = \"a\"; range = [0, 2];"), NULL, NULL, 4, "method factorial needs the number of levels",
      "la méthode factorial demande le nombre de niveaux" },
    { VARY("name = \"a\"; values = [];"), NULL, NULL, 4, "vary[a]: values holds nothing", "values ne contient rien" },
    { VARY("name = \"a\"; values = (1, \"x\");"), NULL, NULL, 4, "values must be all numbers, or all words",
      "values doit être tout nombres, ou tout mots" },
    { VARY("name = \"a\"; values = (\"x\", true);"), NULL, NULL, 4, "values must be all numbers, or all words",
      "values doit être tout nombres, ou tout mots" },
    { VARY("name = \"a\"; values = ((1, 2), 3);"), NULL, NULL, 4, "values must be all numbers",
      "values doit être tout" },
    { VARY("name = \"a\"; values = [1, 2, 1];"), NULL, NULL, 4, "values: 1 stands twice",
      "values : 1 figure deux fois" },
    { VARY("name = \"a\"; values = [\"x\", \"x\"];"), NULL, NULL, 4, "values: \"x\" stands twice",
      "« x » figure deux fois" },
    { VARY("name = \"a\"; values = [1, 2]; scale = \"log\";"), NULL, NULL, 4, "vary[a]: scale belongs to range",
      "vary[a] : scale va avec range" },
    { VARY("name = \"a\"; values = [1, 2]; levels = 3;"), NULL, NULL, 4, "levels belongs to range and distribution",
      "levels va avec range et distribution" },
    { VARY("name = \"a\"; values = [1, 2]; base = 1;"), NULL, NULL, 4, "base belongs to the method one-at-a-time",
      "base va avec la méthode one-at-a-time" },
    { METHOD("one-at-a-time", "name = \"a\"; values = [1, 2]; base = 3;"), NULL, NULL, 4,
      "base = 3 is none of the values it may take", "base = 3 n'est pas une valeur qu'il peut prendre" },
    { METHOD("one-at-a-time", "name = \"a\"; range = [1, 2]; base = 3;"), NULL, NULL, 4,
      "base = 3 is none of the values", "base = 3 n'est pas une valeur" },
    { STUDY_HEAD "design: { method = \"sobol\"; n = 4; };\nvary: (\n{ name = \"a\"; range = [0, 1]; levels = 3; } );\n",
      NULL, NULL, 4, "levels belongs to the methods factorial and one-at-a-time",
      "va avec les méthodes factorial et one-at-a-time" },
    { VARY("name = \"a\"; distribution = (\"normal\", 0, -1); levels = 3;"), NULL, NULL, 4, "sd must be > 0",
      "l'écart-type (sd) doit être > 0" },
    { METHOD("list", "name = \"a\"; distribution = (\"normal\", 0, 1);") "points = (1);\n", NULL, NULL, 4,
      "a list says itself what is run", "une liste dit elle-même" },
    { STUDY_HEAD FACTORIAL "vary: ( " A ",\n" A " );\n", NULL, NULL, 4, "the name 'a' is used twice in vary (line 3)",
      "le nom « a » sert deux fois dans vary (ligne 3)" },
    { VARY("name = \"a\"; vlaues = [1, 2];"), NULL, NULL, 4, "did you mean 'values'?",
      "vouliez-vous dire « values » ?" },
    /* against the scenario */
    { STUDY_HEAD "scenario = \"none-such.cfg\";\n" FACTORIAL "vary: ( " A " );\n", "", NULL, 4,
      "what varies is missing: path = \"...\" or rate = \"...\"", "il manque ce qui varie" },
    { SET("path = \"meso[clinic-a].organizational.nurse_turnover_rat\"; values = [0.1, 0.2];"), NULL, NULL, 5,
      "unknown key 'nurse_turnover_rat' in meso[clinic-a].organizational\n    did you mean 'nurse_turnover_rate'?",
      "vouliez-vous dire « nurse_turnover_rate » ?" },
    { SET("path = \"meso[clinic-z].organizational.nurse_turnover_rate\"; values = [0.1, 0.2];"), NULL, NULL, 5,
      "there is no meso[clinic-z]", "il n'y a pas de meso[clinic-z]" },
    { SET("path = \"every_clinic.organizational.nurse_turnover_rate\"; range = [0.1, 9.0]; levels = 3;"), NULL, NULL, 5,
      "vary[nurse_turnover_rate] = 9: every_clinic.organizational.nurse_turnover_rate = 9 is outside 0 .. 5",
      "vary[nurse_turnover_rate] = 9 : every_clinic.organizational.nurse_turnover_rate = 9 est hors" },
    { SET("path = \"every_clinic.place\"; values = [\"rural\", \"moon\"];"), NULL, NULL, 5,
      "vary[place] = moon: every_clinic.place = \"moon\" must be one of", "vary[place] = moon :" },
    { SET("path = \"strategies[champion].at\"; range = [0, 60]; levels = 3;"), NULL, NULL, 5,
      "vary[at] = 60: strategies[champion].at = 60 is after the end of the run", "vary[at] = 60 :" },
    { SET("path = \"strategies[champion].at\"; range = [0.5, 6.5]; levels = 3;"), NULL, NULL, 5,
      "only whole numbers may stand here", "seuls des entiers sont permis" },
    { SET("rate = \"medical_leadrship\"; values = [-1, 1];"), NULL, NULL, 5,
      "'medical_leadrship' is not a factor (milieu describe factors)\n    did you mean 'medical_leadership'?",
      "vouliez-vous dire « medical_leadership » ?" },
    { SET("rate = \"clinic-z/medical_leadership\"; values = [-1, 1];"), NULL, NULL, 5, "there is no meso[clinic-z]",
      "il n'y a pas de meso[clinic-z]" },
    { SET("rate = \"medical_leadership\"; range = [-3, 2]; levels = 3;"), NULL, NULL, 5, "= -3 is outside -2 .. 2",
      "= -3 est hors" },
    { SET("rate = \"medical_leadership\"; path = \"every_clinic.place\"; values = [-1, 1];"), NULL, NULL, 5,
      "path or rate, not both", "path ou rate, pas les deux" },
    { SET("path = []; name = \"a\"; values = [-1, 1];"), NULL, NULL, 5, "path holds nothing", "path ne contient rien" },
    { SET("rate = \"medical_leadership\"; distribution = (\"normal\", 5, 0.1); levels = 3;"), NULL, NULL, 5, "-2 .. 2",
      "-2 .. 2" },
    { STUDY_HEAD TWO FACTORIAL "vary: ( " TURNOVER ",\n{ name = \"b\"; path = "
                               "\"every_clinic.organizational.nurse_turnover_rate\"; values = [0.1, 0.3]; } );\n",
      NULL, NULL, 5, "vary[b] and vary[turnover] (line 4) change the same value", "changent la même valeur" },
    { FULL "arms = [\"as-it-was\"];\n", NULL, NULL, 5,
      "arms: \"as-it-was\" is not an arm of the scenario\n    did you mean 'as-it-is'?",
      "vouliez-vous dire « as-it-is » ?" },
    { FULL "arms = [];\n", NULL, NULL, 5, "arms holds nothing", "arms ne contient rien" },
    { FULL "arms = [\"as-it-is\", \"as-it-is\"];\n", NULL, NULL, 5, "\"as-it-is\" stands twice", "figure deux fois" },
    { FULL "arms = \"as-it-is\";\n", NULL, NULL, 5, "arms must be a list of ids", "arms doit être une liste d'id" },
    { BARE "arms = [\"a\"];\n", NULL, NULL, 4, "arms are those of a scenario, and there is none", "il n'y en a pas" },
    { FULL "respond = [\"fidelty\"];\n", NULL, NULL, 5,
      "respond: \"fidelty\" is not an outcome (milieu describe outcomes)\n    did you mean 'fidelity'?",
      "n'est pas un résultat (milieu describe outcomes)" },
    { FULL "outputs: { series = [\"fidelty\"]; };\n", NULL, NULL, 5, "outputs.series: \"fidelty\" is not a series",
      "n'est pas une série" },
    { FULL "outputs: { trajectories = 2; };\n", NULL, NULL, 5,
      "outputs.trajectories = 2 is more than the 1 replications",
      "outputs.trajectories = 2 dépasse les 1 répétitions" },
    { FULL "outputs: { every_weeks = 0; };\n", NULL, NULL, 5, "outputs.every_weeks = 0 is outside 1 .. 260",
      "est hors" },
    /* runs and stop */
    { FULL "runs: { replications = 65536; };\n", NULL, NULL, 5, "runs.replications = 65536 is outside 1 .. 65535",
      "est hors" },
    { FULL "runs: { replications = 0; };\n", NULL, NULL, 5, "runs.replications = 0 is outside 1 .. 65535", "est hors" },
    { FULL "runs: { uncertainty = \"none\"; };\n", NULL, NULL, 5, "must be one of both|parameters|chance",
      "doit être un de both|parameters|chance" },
    { FULL "stop: { response = \"reach\"; };\n", NULL, NULL, 5, "stop: the key 'half_width' is missing",
      "stop : il manque la clé « half_width »" },
    { FULL "stop: { response = \"reech\"; half_width = 0.1; };\n", NULL, NULL, 5, "did you mean 'reach'?",
      "vouliez-vous dire « reach » ?" },
    { FULL "stop: { response = \"reach\"; half_width = 0; };\n", NULL, NULL, 5, "stop.half_width = 0 is outside",
      "est hors" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; level = 1; };\n", NULL, NULL, 5,
      "stop.level = 1 is outside 0.5 .. 0.9999", "est hors" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; first = 30; most = 100; };\n", NULL, NULL, 5,
      "most = 100 must be first = 30 doubled so and so often: 60 or 120", "60 ou 120" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; first = 64; most = 32; };\n", NULL, NULL, 5,
      "most = 32 must be first = 64 doubled", "most = 32 doit être first = 64 doublé" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; first = 1; };\n", NULL, NULL, 5,
      "stop.first = 1 is outside 2 .. 65535", "est hors" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; arms = [\"x\"]; };\n", NULL, NULL, 5,
      "stop.arms: \"x\" is not an arm of the scenario", "n'est pas un bras" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; arms = []; };\n", NULL, NULL, 5, "stop.arms holds nothing",
      "stop.arms ne contient rien" },
    { FULL "arms = [\"as-it-is\"];\nstop: { response = \"reach\"; half_width = 0.1; arms = [\"with-champion\"]; };\n",
      NULL, NULL, 6, "\"with-champion\" is not among the arms that are run", "n'est pas parmi les bras exécutés" },
    { FULL "stop: { response = \"reach\"; half_width = 0.1; clinic = \"clinic-c\"; };\n", NULL, NULL, 5,
      "stop.clinic: \"clinic-c\" is not a clinic of the scenario, nor \"all\"\n    did you mean 'clinic-",
      "ni « all »" },
    { FULL "runs: { replications = 3; };\nstop: { response = \"reach\"; half_width = 0.1; };\n", NULL, NULL, 5,
      "runs.replications and stop: one of the two", "runs.replications et stop : l'un des deux" },
    { BARE "stop: { response = \"reach\"; half_width = 0.1; };\n", NULL, NULL, 4,
      "stop looks at the runs of a scenario", "stop examine les exécutions" },
    /* points */
    { LIST("") AB, NULL, NULL, 2, "method list needs points = ( ... ) or design.file",
      "la méthode list demande points" },
    { CSV "points = ( (1, \"x\") );\n", "a,b\n1,x\n", NULL, 4, "points and design.file: one of the two",
      "l'un des deux" },
    { LIST("") AB "points = ();\n", NULL, NULL, 4, "points holds no point", "points ne contient aucun point" },
    { LIST("") AB "points = (\n(1, \"x\"),\n(2));\n", NULL, NULL, 6, "points[number 2] must be a list of 2 values",
      "points[numéro 2] doit être une liste de 2 valeurs" },
    { LIST("") AB "points = (\n(1, \"x\"),\n(2, \"z\"));\n", NULL, NULL, 6,
      "points[number 2]: b = \"z\" is none of its values", "b = « z » n'est pas de ses valeurs" },
    { LIST("") AB "points = (\n(\"u\", \"x\"));\n", NULL, NULL, 5, "a must be a number", "a doit être un nombre" },
    { LIST("") AB "points = (\n(1, 2));\n", NULL, NULL, 5, "b must be a word among its values",
      "b doit être un mot parmi ses valeurs" },
    { LIST("") "vary: ( { name = \"a\"; range = [0, 1]; } );\npoints = (\n0.5,\n2.0);\n", NULL, NULL, 6,
      "points[number 2]: a = 2 is outside its range", "a = 2 est hors de son intervalle" },
    { LIST("") "vary: ( { name = \"a\"; values = [0, 1]; } );\npoints = (\n0,\n2);\n", NULL, NULL, 6,
      "a = 2 is none of its values", "a = 2 n'est pas de ses valeurs" },
    { LIST("file = \"none.csv\"; ") AB, NULL, NULL, 2, "there is no such file, or it cannot be read", "n'existe pas" },
    { CSV, "", "p.csv", 0, "no points: a header that names what varies", "aucun point" },
    { CSV, "a,b\n", "p.csv", 0, "no points: a header", "aucun point" },
    { CSV, "a,c\n1,x\n", "p.csv", 1, "the column 'c' is nothing that varies",
      "la colonne « c » n'est rien de ce qui varie" },
    { CSV, "a\n1\n", "p.csv", 1, "the header names no column 'b'", "l'en-tête ne nomme aucune colonne « b »" },
    { CSV, "a,b,a\n1,x,1\n", "p.csv", 1, "the column 'a' stands twice", "la colonne « a » figure deux fois" },
    { CSV, "a,b\n1,x\n2\n", "p.csv", 3, "1 columns, where the header has 2", "1 colonnes, là où l'en-tête en a 2" },
    { CSV, "a,b\n1,x,3\n", "p.csv", 2, "3 columns, where the header has 2", "3 colonnes" },
    { CSV, "a,b\n\none,x\n", "p.csv", 3, "a = 'one' is not a number", "a = « one » n'est pas un nombre" },
    { CSV, "a,b\n,x\n", "p.csv", 2, "a = '' is not a number", "n'est pas un nombre" },
    { CSV, "a,b\nnan,x\n", "p.csv", 2, "a = 'nan' is not a number", "n'est pas un nombre" },
    { CSV, "a,b\n1e999,x\n", "p.csv", 2, "a = '1e999' is not a number", "n'est pas un nombre" },
    { CSV, "a,b\n0x10,x\n", "p.csv", 2, "a = '0x10' is not a number", "n'est pas un nombre" },
    { CSV, "a,b\n1,xx\n", "p.csv", 2, "b = 'xx' is none of its values", "n'est pas de ses valeurs" },
    { CSV, "a,b\n1,\"x\n", "p.csv", 2, "the \" that begins here is never closed", "n'est jamais fermé" },
    { CSV, "a,b\n1,\"x\"y\n", "p.csv", 2, "after a closing \" comes ,", "après un \" fermant vient ," },
    { SEVEN, "a\n3\n3.5\n", "p.csv", 3, "a = 3.5", "a = 3.5" },
    { SEVEN, "a\n3\n8\n", "p.csv", 3, "a = 8 is outside its range", "a = 8 est hors de son intervalle" },
    /* where */
    { WHERE("b < 2"), NULL, NULL, 4, "where = \"b < 2\", column 1: 'b' is no name of what varies",
      "colonne 1 : « b »" },
    { WHERE("a <"), NULL, NULL, 4, "column 4: a name, a number or ( is wanted, not 'the end'", "non « la fin »" },
    { WHERE("a < 2 or"), NULL, NULL, 4, "column 9: a name, a number", "colonne 9" },
    { WHERE("a = 2"), NULL, NULL, 4, "column 3: equal is written ==", "égal s'écrit ==" },
    { WHERE("(a < 2"), NULL, NULL, 4, "column 1: the ( here is never closed", "n'est pas fermée" },
    { WHERE("a < 2)"), NULL, NULL, 4, "column 6: ')' cannot stand here", "ne peut pas être ici" },
    { WHERE("0 < a < 2"), NULL, NULL, 4, "column 7: one comparison at a time: a < b and b < c",
      "une comparaison à la fois" },
    { WHERE("a + 1"), NULL, NULL, 4, "column 1: a comparison is wanted", "il faut une comparaison" },
    { WHERE("a and a < 2"), NULL, NULL, 4, "column 3: comparisons are wanted on both sides", "des deux côtés" },
    { WHERE("(a < 2) + 1 < 3"), NULL, NULL, 4, "column 9: numbers are wanted on both sides", "il faut des nombres" },
    { WHERE("not a"), NULL, NULL, 4, "column 1: not takes a comparison", "not demande une comparaison" },
    { WHERE("- (a < 2) < 1"), NULL, NULL, 4, "column 1: - takes a number", "- demande un nombre" },
    { WHERE("a < 2 && a > 1"), NULL, NULL, 4, "column 7: '&& a > 1' cannot stand here", "colonne 7" },
    { WHERE("a < 0x10"), NULL, NULL, 4, "column 5", "colonne 5" },
    { WHERE("a < 2x"), NULL, NULL, 4, "column 5", "colonne 5" },
    { WHERE("a == 'x'"), NULL, NULL, 4, "column 3", "colonne 3" },
    { WHERE("a == 'x"), NULL, NULL, 4, "column 6: the word that begins here is never closed", "n'est pas fermé par '" },
    { WHERE("é < 2"), NULL, NULL, 4, "column 1", "colonne 1" },
    { STUDY_HEAD FACTORIAL "vary: ( { name = \"p\"; values = [\"x\", \"y\"]; } );\nwhere = \"p == 'z'\";\n", NULL, NULL,
      4, "column 3: 'z' is no value of p", "« z » n'est pas une valeur de p" },
    { STUDY_HEAD FACTORIAL "vary: ( { name = \"p\"; values = [\"x\", \"y\"]; } );\nwhere = \"p < 'y'\";\n", NULL, NULL,
      4, "column 3: words are compared by == and !=", "les mots se comparent par == et !=" },
    { STUDY_HEAD FACTORIAL "vary: ( { name = \"p\"; values = [\"x\", \"y\"]; } );\nwhere = \"p < 1\";\n", NULL, NULL, 4,
      "column 3: numbers are wanted on both sides", "il faut des nombres des deux côtés" },
    { BARE "where = [\"a < 2\",\n\"a >\"];\n", NULL, NULL, 5, "column 4", "colonne 4" },
    { BARE "where = 3;\n", NULL, NULL, 4, "where must be a text, or a list of texts",
      "where doit être un texte, ou une liste" },
};

#define NUM_BROKEN (sizeof broken / sizeof broken[0])

static void check_row(size_t row, int lang)
{
    struct study study;
    struct messages messages;
    const char *words = lang == 1 ? broken[row].fr : broken[row].en;
    int ret = read_study(&study, broken[row].study, broken[row].points, lang, &messages);
    cr_expect(ret == MILIEU_ERR_SCENARIO, "row %zu returned %d: %s", row, ret, words);
    cr_expect(
        study_is_told(&messages, broken[row].file != NULL ? broken[row].file : "study.cfg", broken[row].line, words),
        "row %zu not told, line %d: %s", row, broken[row].line, words);
    cr_expect(messages.num_errors == 1, "row %zu: %zu errors", row, messages.num_errors);
    for (size_t i = 0; i < messages.count; i++)
        if (messages.num_errors != 1 || !study_is_told(&messages, messages.item[i].file, broken[row].line, words))
            fprintf(stderr, "    row %zu: %s:%d: %s\n", row, messages.item[i].file, messages.item[i].line,
                    messages.item[i].text);
    messages_free(&messages);
    study_free(&study);
    study_free(&study);
}

Test(study_errors, every_broken_study_is_told_what_is_wrong_in_english)
{
    for (size_t row = 0; row < NUM_BROKEN; row++)
        check_row(row, 0);
}

Test(study_errors, every_broken_study_is_told_what_is_wrong_in_french)
{
    for (size_t row = 0; row < NUM_BROKEN; row++)
        check_row(row, 1);
}

Test(study_errors, all_at_once)
{
    struct study study;
    struct messages messages;
    int ret =
        read_study(&study,
                   STUDY_HEAD TWO "design: { method = \"factorial\"; n = 3; };\n"
                                  "vary: ( { rate = \"trsut\"; values = [1, 2]; },\n"
                                  "        { path = \"every_clinic.place\"; values = []; } );\n"
                                  "arms = [\"x\"];\nrespond = [\"y\"];\nruns: { replications = 0; seed = -1; };\n",
                   NULL, 0, &messages);
    cr_expect(ret == MILIEU_ERR_SCENARIO);
    cr_expect(study_is_told(&messages, "study.cfg", 3, "design.n"));
    cr_expect(study_is_told(&messages, "study.cfg", 4, "did you mean 'trust'?"));
    cr_expect(study_is_told(&messages, "study.cfg", 5, "values holds nothing"));
    cr_expect(study_is_told(&messages, "study.cfg", 6, "\"x\" is not an arm"));
    cr_expect(study_is_told(&messages, "study.cfg", 7, "\"y\" is not an outcome"));
    cr_expect(study_is_told(&messages, "study.cfg", 8, "runs.replications = 0"));
    cr_expect(study_is_told(&messages, "study.cfg", 8, "runs.seed = -1"));
    cr_expect(messages.num_errors == 7, "%zu", messages.num_errors);
    messages_free(&messages);
    study_free(&study);
}

Test(study_errors, files_that_are_not_there)
{
    struct study study;
    struct messages messages;
    struct error err = { 0 };
    messages_init(&messages, 0);
    cr_expect(study_read(&study, "/no/such/study.cfg", &messages, &err) == MILIEU_ERR_INPUT);
    cr_expect(messages.count == 0);
    study_free(&study);
    cr_expect(study_read(&study, "tests/unit", &messages, &err) == MILIEU_ERR_SCENARIO);
    cr_expect(messages.num_errors == 1);
    study_free(&study);
    messages_free(&messages);
    const char text[] = STUDY_HEAD "scenario = \"none-such.cfg\";\n" FACTORIAL "vary: ( " TURNOVER " );\n";
    struct study_texts texts = { .name = "s.cfg", .folder = "tests/", .study = text, .study_length = strlen(text) };
    cr_expect(study_read_texts(&study, &texts, &messages, &err) == MILIEU_ERR_SCENARIO);
    cr_expect(study_is_told(&messages, "s.cfg", 2, "scenario = \"none-such.cfg\": there is no such file"));
    cr_expect(messages.num_errors == 1);
    messages_free(&messages);
}

/* The scenario's own errors are told where they stand, and of the study what can be said without it. */
Test(study_errors, a_broken_scenario)
{
    struct study study;
    struct messages messages;
    struct error err = { 0 };
    const char text[] = FULL "respond = [\"y\"];\n";
    const char scenario[] =
        "format = \"milieu-scenario/1\"; id = \"x\";\nmeso: ( { id = \"a\"; plce = \"rural\"; } );\n";
    struct study_texts texts = { "s.cfg", NULL, text, scenario, NULL, strlen(text), strlen(scenario), 0 };
    messages_init(&messages, 0);
    cr_expect(study_read_texts(&study, &texts, &messages, &err) == MILIEU_ERR_SCENARIO);
    cr_expect(study_is_told(&messages, "two.cfg", 2, "unknown key 'plce'"));
    messages_free(&messages);
    study_free(&study);
}
