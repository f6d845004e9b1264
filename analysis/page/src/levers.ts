// What one may do about it: levers that fit any clinic, as strategies of a scenario file. Their sizes, chances and costs
// are assumed (the page marks them so). A scenario's own strategies are offered before these.
import type { Clinic, Strategy } from './model';

export interface Lever {
  id: string;
  words: [en: string, fr: string];
  how: [en: string, fr: string];
  eric: string;
  week: number | null; // null: it has a trigger, no date
  text: string | null; // what stands in the file besides id, title, date and place; null: the scenario's own
}

const lever = (
  id: string, week: number | null, words: [string, string], how: [string, string], eric: string, text: string,
): Lever => ({ id, words, how, eric, week, text });

export const library: Lever[] = [
  lever('full-time-case-manager', 26,
    ['Hire a full-time case manager', 'Engager une gestionnaire de cas à temps plein'],
    ['more of her hours for the clinic: guidance, coaching, someone to call',
      "plus d'heures pour la clinique\u00a0: aide, accompagnement, quelqu'un à appeler"],
    'Fund and contract for the clinical innovation',
    'add: { case_manager_budget = 2.0; case_manager_availability = 1.0; }; delay_weeks = ("q90", 4.0, 16.0); cost_per_year = 45000.0;'),
  lever('physician-champion', 8,
    ['Find a physician champion', 'Trouver un médecin champion'],
    ['the lead physician comes to see its value; other physicians endorse it',
      'le médecin responsable en voit la valeur\u00a0; les autres médecins appuient'],
    'Identify and prepare champions',
    'add: { medical_leadership = ("triangular", 1.0, 2.0, 3.0); physician_engagement = ("triangular", 0.0, 1.0, 2.0); }; delay_weeks = ("q90", 2.0, 10.0); succeeds = ("beta_ms", 0.5, 0.15); cost_once = ("q90", 2000.0, 8000.0);'),
  lever('open-records', 20,
    ['Open the hospital record to the clinic', "Ouvrir le dossier de l'hôpital à la clinique"],
    ['the clinic learns of visits the same week, and asks for nothing twice',
      'la clinique apprend les visites la même semaine et ne demande rien deux fois'],
    'Facilitate relay of clinical data to providers',
    'set: { record_sharing = 2.0; }; delay_weeks = ("q90", 8.0, 40.0); succeeds = ("beta_ms", 0.7, 0.15); cost_once = ("q90", 5000.0, 20000.0);'),
  lever('replace-sick-leave', null,
    ['Replace nurses on sick leave (when fewer than 2 are at work)',
      'Remplacer les congés de maladie (dès que moins de 2 infirmières sont au travail)'],
    ['fewer empty posts, less overload', 'moins de postes vides, moins de surcharge'],
    'Develop resource sharing agreements',
    'trigger: { watch = "nurse_fte"; below = 2.0; for_weeks = 2; }; set: { sick_leave_weeks = 3.0; }; delay_weeks = ("q90", 1.0, 6.0); cost_per_year = ("q90", 10000.0, 30000.0);'),
  lever('coaching', 4,
    ['Coaching and action learning', "Accompagnement et apprentissage par l'action"],
    ['nurses learn on their own patients, faster and with support',
      'les infirmières apprennent avec leurs patients, plus vite et soutenues'],
    'Make training dynamic',
    'add: { training_and_coaching = 1.5; }; nurse_hours = 1.0; cost_once = ("q90", 5000.0, 15000.0);'),
  lever('free-time', 12,
    ['Put other projects on hold', 'Suspendre les autres projets'],
    ['hours of nurses go back to patients', 'des heures d’infirmière retournent aux patients'],
    'Obtain formal commitments',
    'add: { competing_projects = 1.5; managers_support = 0.5; }; succeeds = 0.8;'),
];

export function ownLevers(strategies: Strategy[]): Lever[] {
  return strategies.map((s) => ({
    id: s.id, words: [s.label_en, s.label_fr], how: ['', ''], eric: s.eric, week: s.at >= 0 ? s.at : null, text: null,
  }));
}

const quoted = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&').replace(/[\u0000-\u001f]/g, ' ')}"`;

/** A lever as the item of `strategies` in a scenario file. */
export function leverItem(lever: Lever, own: Map<string, string>, week: number | null, clinics: Clinic[]): string {
  if (lever.text === null) {
    const item = own.get(lever.id) ?? '';
    return week === null ? item
      : item.replace(/^ {4}(at|from) = \d+;$/m, `    $1 = ${week};`);
  }
  const where = clinics.map((clinic) => quoted(clinic.id)).join(', ');
  return `{ id = ${quoted(lever.id)}; title: { en = ${quoted(lever.words[0])}; fr = ${quoted(lever.words[1])}; }; ` +
    `eric = ${quoted(lever.eric)}; ${week === null ? '' : `at = ${week}; `}where = [${where}]; ${lever.text} }`;
}
