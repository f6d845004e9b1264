# bash completion of milieu: commands, options, factors, arms of a results file.
_milieu() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words= file
    local commands='new check describe help design run compare export report explorer serve sweep study calibrate validate doctor'
    local factors='fmg_and_home_care reorganization record_sharing proximity managers_support case_manager_budget staff_turnover nursing_capacity coordination_programs competing_projects team_meetings culture medical_leadership nursing_leadership case_manager_leadership physician_engagement case_manager_skill nurse_experience case_manager_availability tie_with_physicians tie_with_nurses professional_engagement community_of_practice service_knowledge schedule_conflicts silos isp_comfort perceived_value patient_engagement caregivers trust adherence social_exclusion self_management_skills person_centredness isp communication_plan identification follow_up information_access training_and_coaching start_up_time adaptability'
    if [ "$COMP_CWORD" -eq 1 ]; then
        mapfile -t COMPREPLY < <(compgen -W "$commands --help --version" -- "$current"); return
    fi
    case $before in
        --lang | --locale) words='en fr' ;;
        --color) words='auto never always' ;;
        --progress) words='bar json none' ;;
        --rate) mapfile -t COMPREPLY < <(compgen -S = -W "$factors" -- "$current")
            compopt -o nospace; return ;;
        --arms)
            for file in "${COMP_WORDS[@]:2}"; do case $file in *.h5) break ;; esac; done
            words=$("${COMP_WORDS[0]}" compare "$file" --arms=? --lang=en 2>&1 | sed -n 's/.*the arms are: //p' | tr -d ,)
            case $current in *,*) words=$(printf "${current%,*},%s " $words) ;; esac ;;
        describe) words='factors parameters outcomes strategies keys' ;;
        help) words="$commands $factors" ;;
    esac
    if [ -n "$words" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"); return
    fi
    case ${COMP_WORDS[1]} in
        new) words='--color --from --help --lang -h' ;;
        check) words='--color --help --lang --rate --set -h' ;;
        describe) words='--color --help --json --lang -h' ;;
        help) words='--color --help --lang -h' ;;
        design) words='--color --csv --help --json --lang -h' ;;
        run) words='--allow-failures --color --compress --draws --help --json --lang --no-output --output --progress --rate --replications --seed --set --stamp --threads --uncertainty -h -j -o' ;;
        compare) words='--arms --color --help --json --lang -h' ;;
        export) words='--color --csv --help --lang --locale -h' ;;
        report) words='--color --help --lang --output -h -o' ;;
        explorer) words='--color --help --lang --output --rate --set -h -o' ;;
        serve) words='--color --help --idle --lang --port --rate --set -h' ;;
        sweep) words='--allow-failures --color --dry-run --help --json --lang --output --progress --sync --threads -h -j -o' ;;
        study) words='--account --color --cpus --csv --help --json --lang --locale --no-output --output --partial --partition --progress --script-only --seed --shard-above --share --tasks --threads --time --tries -h -j -o' ;;
        calibrate) words='--color --help --json --lang --output --progress --threads -h -j -o' ;;
        validate) words='--color --draws --help --json --lang --progress --seed --set --threads -h -j' ;;
        doctor) words='--color --help --lang --threads -h -j' ;;
    esac
    case $current in
        -*) mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") ;;
        *) mapfile -t COMPREPLY < <(compgen -f -- "$current"); compopt -o filenames ;;
    esac
}
complete -F _milieu milieu
