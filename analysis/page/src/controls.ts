// The factors of context in the words of people who work in clinics: what is asked, and what the two ends of the scale
// mean. One line a factor, both languages; the build fails when the model has a factor that is missing here.

export interface Control {
  ask: [en: string, fr: string];
  low: [en: string, fr: string]; // −2
  high: [en: string, fr: string]; // +2
}

const control = (ask: [string, string], low: [string, string], high: [string, string]): Control => ({ ask, low, high });

export const controls: Record<string, Control> = {
  fmg_and_home_care: control(
    ['Partnership with family medicine groups and home care', 'Partenariat avec les GMF et le soutien à domicile'],
    ['none', 'aucun'], ['close', 'étroit']),
  reorganization: control(
    ['The health system around the clinic', 'Le système de santé autour de la clinique'],
    ['being reorganised', 'en réorganisation'], ['stable', 'stable']),
  record_sharing: control(
    ["The clinic's access to hospital records", "Accès au dossier de l'hôpital"],
    ['none', 'aucun'], ['direct', 'en direct']),
  proximity: control(
    ['Clinic and health centre', 'La clinique et le centre de santé'],
    ['far apart', 'éloignés'], ['next door', 'voisins']),
  managers_support: control(
    ['Directors and managers', 'Directions et gestionnaires'],
    ['do not support it', "ne l'appuient pas"], ['support it strongly', "l'appuient fortement"]),
  case_manager_budget: control(
    ['Budget for the case manager', 'Budget pour la gestionnaire de cas'],
    ['a few hours', 'quelques heures'], ['full time', 'temps plein']),
  staff_turnover: control(
    ['The team', "L'équipe"],
    ['people keep leaving', 'les départs se suivent'], ['people stay', 'les gens restent']),
  nursing_capacity: control(
    ['Nurses present', 'Infirmières présentes'],
    ['shortage, sick leaves', 'pénurie, congés de maladie'], ['full strength', 'effectif complet']),
  coordination_programs: control(
    ['Other coordination programmes', 'Autres programmes de coordination'],
    ['many, competing', 'nombreux, concurrents'], ['none', 'aucun']),
  competing_projects: control(
    ['Other projects under way', 'Autres projets en cours'],
    ['many', 'nombreux'], ['none', 'aucun']),
  team_meetings: control(
    ['Team meetings at the clinic', "Réunions d'équipe à la clinique"],
    ['never', 'jamais'], ['regular', 'régulières']),
  culture: control(
    ['How people work together', 'La façon de travailler ensemble'],
    ['each for oneself', 'chacun pour soi'], ['around the patient, together', 'autour du patient, ensemble']),
  medical_leadership: control(
    ['The lead physician and the programme', 'Le médecin responsable et le programme'],
    ['opposes it', "s'y oppose"], ['champions it', 'le défend']),
  nursing_leadership: control(
    ['A nurse who takes the lead', 'Une infirmière qui mène'],
    ['nobody', 'personne'], ['yes, firmly', 'oui, avec assurance']),
  case_manager_leadership: control(
    ['The case manager', 'La gestionnaire de cas'],
    ['follows', 'suit'], ['leads the way', 'ouvre la voie']),
  physician_engagement: control(
    ['Family physicians', 'Les médecins de famille'],
    ['take no part', "n'y participent pas"], ['take part', 'participent']),
  case_manager_skill: control(
    ["The case manager's skill", "L'habileté de la gestionnaire de cas"],
    ['beginner', 'débutante'], ['very experienced', 'très expérimentée']),
  nurse_experience: control(
    ["Nurses' experience of liaison and coordination", "L'expérience des infirmières en liaison et coordination"],
    ['none', 'aucune'], ['extensive', 'grande']),
  case_manager_availability: control(
    ['The case manager is', 'La gestionnaire de cas est'],
    ['hard to reach', 'difficile à joindre'], ['there when needed', 'là au besoin']),
  tie_with_physicians: control(
    ['Case manager and physicians', 'Gestionnaire de cas et médecins'],
    ['strangers', 'ne se connaissent pas'], ['have worked together for years', 'travaillent ensemble depuis des années']),
  tie_with_nurses: control(
    ['Case manager and nurses', 'Gestionnaire de cas et infirmières'],
    ['strangers', 'ne se connaissent pas'], ['have worked together for years', 'travaillent ensemble depuis des années']),
  professional_engagement: control(
    ['Interest of nurses and other professionals at the start', "L'intérêt des infirmières et autres professionnels au début"],
    ['none', 'aucun'], ['strong', 'vif']),
  community_of_practice: control(
    ['A community of practice', 'Une communauté de pratique'],
    ['none', 'aucune'], ['lively', 'vivante']),
  service_knowledge: control(
    ['Nurses know the services of the community', 'Les infirmières connaissent les services du milieu'],
    ['hardly', 'peu'], ['very well', 'très bien']),
  schedule_conflicts: control(
    ['Finding a time to meet', 'Trouver un moment pour se réunir'],
    ['nearly impossible', 'presque impossible'], ['easy', 'facile']),
  silos: control(
    ['Work across professions', 'Travail entre professions'],
    ['in silos', 'en silos'], ['together', 'ensemble']),
  isp_comfort: control(
    ['Comfort with the individualized services plan', 'Aisance avec le plan de services individualisé'],
    ['ill at ease', 'mal à l’aise'], ['at ease', 'à l’aise']),
  perceived_value: control(
    ['The programme as nurses see it', 'Le programme aux yeux des infirmières'],
    ['more work, no gain', 'du travail de plus, sans gain'], ['clearly worth it', 'en vaut nettement la peine']),
  patient_engagement: control(
    ['Patients want to take part', 'Les patients veulent participer'],
    ['hardly', 'peu'], ['keenly', 'volontiers']),
  caregivers: control(
    ['Family caregivers', 'Les proches aidants'],
    ['absent', 'absents'], ['much involved', 'très présents']),
  trust: control(
    ["Patients' trust in the case manager", 'La confiance des patients envers la gestionnaire de cas'],
    ['low', 'faible'], ['high', 'grande']),
  adherence: control(
    ['Patients keep to their plan', 'Les patients suivent leur plan'],
    ['seldom', 'rarement'], ['nearly always', 'presque toujours']),
  social_exclusion: control(
    ['Patients in social exclusion', 'Patients en exclusion sociale'],
    ['many', 'nombreux'], ['few', 'peu nombreux']),
  self_management_skills: control(
    ["Patients' skills to manage their health", 'Les habiletés des patients à gérer leur santé'],
    ['few', 'faibles'], ['good', 'bonnes']),
  person_centredness: control(
    ['The care starts from', 'Les soins partent'],
    ['the procedure', 'de la procédure'], ['the person', 'de la personne']),
  isp: control(
    ['Individualized services plans (ISP)', 'Plans de services individualisés (PSI)'],
    ['seldom written', 'rarement rédigés'], ['written with the patient, soon', 'rédigés tôt, avec le patient']),
  communication_plan: control(
    ['Who informs whom, and when', 'Qui informe qui, et quand'],
    ['unclear', 'flou'], ['agreed and kept', 'convenu et suivi']),
  identification: control(
    ['The list of frequent users', 'La liste des grands utilisateurs'],
    ['late, ill-fitting', 'tardive, mal ciblée'], ['early, reviewed', 'rapide, révisée']),
  follow_up: control(
    ['Follow-up of patients', 'Suivi des patients'],
    ['now and then', 'de temps à autre'], ['close', 'serré']),
  information_access: control(
    ['Hospital and partners see the plan', "L'hôpital et les partenaires voient le plan"],
    ['no', 'non'], ['yes, at once', 'oui, aussitôt']),
  training_and_coaching: control(
    ['Training and coaching', 'Formation et accompagnement'],
    ['none', 'aucun'], ['action learning, over months', "apprentissage par l'action, sur des mois"]),
  start_up_time: control(
    ['Time the programme asks for at the beginning', 'Temps demandé au début'],
    ['a lot', 'beaucoup'], ['little', 'peu']),
  adaptability: control(
    ['The programme', 'Le programme'],
    ['rigid', 'rigide'], ['fits the clinic', "s'adapte à la clinique"]),
};

// The five groups of the screen, in order; `category` is the model's.
export const groups = [
  { category: 'structural', words: 'group_region' },
  { category: 'organizational', words: 'group_clinic' },
  { category: 'provider', words: 'group_team' },
  { category: 'patient', words: 'group_patients' },
  { category: 'innovation', words: 'group_programme' },
] as const;
