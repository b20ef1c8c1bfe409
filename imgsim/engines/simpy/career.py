"""A career in the SimPy engine: its state, and what all stages do with it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from imgsim.base.dates.day_numbers import NEVER
from imgsim.engines.model import Model
from imgsim.engines.simpy._generated_flat_calls import Call, lasts, next_transition
from imgsim.engines.simpy.event_log import Journal
from imgsim.engines.simpy.waiting import Waiting
from imgsim.engines.stage_plans import Plan
from imgsim.inputs.kinds.round import ROUND
from imgsim.inputs.traits import READY_SINCE
from imgsim.persons.livelihood import (
    ACTIVITY_COLUMNS,
    ADVANCED_TO,
    BEFORE,
    IN_TRAINING,
    STATE,
    STATES,
    add_days,
    begin_spell,
)
from imgsim.persons.population import Population


class Career:
    """A graduate under way. ``day`` is today; ``row`` holds the traits, ``due`` one day per timer."""

    __slots__ = (
        "model", "journal", "population", "waiting", "person", "who", "rules", "call", "activity_call", "entry", "day",
        "row", "due",
        "visits", "attempts", "started", "sequence", "activity", "days_in", "spell_start", "spells", "sat", "times_sat",
        "post_start", "imposed", "end", "end_day",
    )  # fmt: skip

    def __init__(
        self, model: Model, replication: int, population: Population, person: int, journal: Journal,
        waiting: Mapping[str, Waiting[Career]],
    ) -> None:  # fmt: skip
        self.model, self.journal, self.population, self.waiting = model, journal, population, waiting
        self.person = person
        self.who = (model.seed, replication, int(population.actor[person]))
        self.rules = self.model.book.rules
        self.call: Call = (*self.model.book.rules, *self.who)
        self.activity_call = (*self.call, *self.model.transitions)
        self.entry = self.day = int(population.entry[person])
        self.row = population.traits[person]
        self.due = [NEVER] * len(self.model.stage_plans.timers)
        self.visits = [0] * len(self.model.stage_plans.plans)
        self.attempts = [0] * len(self.model.stage_plans.plans)
        self.started = [0] * len(self.due)
        self.sat = np.zeros(self.model.stage_plans.ring, np.int64)
        self.times_sat = 0
        self.sequence = self.spells = 0
        self.activity = np.zeros(ACTIVITY_COLUMNS, np.float32)
        self.days_in = np.zeros(STATES, np.int64)
        self.spell_start = self.day
        self.post_start = 0
        self.imposed = False
        self.end: Plan | None = None
        self.end_day = NEVER

    # --- entering, moving on, ending ---------------------------------------------------------------------------

    def enters(self) -> Plan:
        """The career begins: its first timers and its first spell of activity status; the first stage."""
        stage_plans = self.model.stage_plans
        self.note(0)
        for place, timer in enumerate(stage_plans.timers):
            if timer.starts is not None:
                self.start_timer(place)
        begin_spell(self.row, self.activity, int(self.row[STATE]), self.day)
        is_stock = self.population.stock[self.person]
        return stage_plans.plans[stage_plans.stock_entry if is_stock and stage_plans.stock_entry else stage_plans.entry]

    def arrives(self, plan: Plan) -> None:
        """A stage begins; it may impose a livelihood."""
        self.visits[plan.code] += 1
        self.imposed = plan.livelihood >= 0
        if plan.livelihood >= 0 and self.row[STATE] != plan.livelihood:
            if self.row[STATE] < IN_TRAINING:
                self.activity[BEFORE] = self.row[STATE]
            self.turns_to(plan.livelihood)
        elif plan.livelihood < 0 and not plan.instant and self.row[STATE] >= IN_TRAINING:
            self.turns_to(int(self.activity[BEFORE]))

    def leaves(self, plan: Plan, outcome: str) -> Plan:
        """A stage ends: what its outcome starts and writes; the next stage."""
        stage_plans = self.model.stage_plans
        if outcome not in plan.next:
            timer = next(timer for timer in stage_plans.timers if timer.name == outcome)
            self.note(timer.event, plan.code)
            return stage_plans.plans[timer.to]
        if plan.kind != ROUND.name:
            self.note(plan.event[outcome], self.visits[plan.code])
        for place in plan.starts_timer.get(outcome, ()):
            if self.due[place] <= self.day or self.due[place] == NEVER:
                self.start_timer(place)
        for place, value in plan.writes.get(outcome, ()):
            self.row[place] = value
        for place in plan.increments.get(outcome, ()):
            self.row[place] += 1.0
        if outcome in plan.completes_file:
            self.row[READY_SINCE] = self.day
        return stage_plans.plans[plan.next[outcome]]

    def ends(self, plan: Plan) -> None:
        """The career ends."""
        self.note(plan.event[""])
        self.end, self.end_day = plan, self.day
        self.close_spell(self.day)

    def note(self, event: int, value: int = 0) -> None:
        """Log one event of today."""
        self.journal.note((self.person, self.sequence, self.day, event, value))
        self.sequence += 1

    # --- timers ------------------------------------------------------------------------------------------------

    def start_timer(self, place: int) -> None:
        """Draw the due day of a timer from today on."""
        q = self.model.stage_plans.timers[place].quantity
        self.due[place] = self.day + self.lasting(q, self.started[place])
        self.started[place] += 1

    def next_expiry(self, plan: Plan) -> tuple[str, int]:
        """The timer that expires first in this stage, and its day; an overdue timer expires today."""
        timers, death = self.model.stage_plans.timers, self.model.stage_plans.death
        first, due = ("", NEVER) if death < 0 else (timers[death].name, self.due[death])
        for place in plan.applies_in:
            if self.due[place] < due:
                first, due = timers[place].name, self.due[place]
        return first, max(due, self.day)

    def expires_first(self, expired: str, due: int, day: int) -> bool:
        """Does the timer expire before a stage that ends on that day? On the day itself only death does."""
        death = self.model.stage_plans.death
        return due < day or (due == day and death >= 0 and expired == self.model.stage_plans.timers[death].name)

    # --- livelihood ----------------------------------------------------------------------------------------------

    def advance_to(self, day: int) -> None:
        """Today becomes a later day; activity status is simulated up to it, unless a stage imposes one."""
        transitions, row, activity = self.model.transitions, self.row, self.activity
        if self.imposed:
            add_days(transitions.clinical, transitions.experience, row, activity, self.days_in, day)
        while (
            int(activity[ADVANCED_TO]) < day
            and (state := next_transition(*self.activity_call, row, activity, self.days_in, day)) >= 0
        ):
            since = int(activity[ADVANCED_TO])
            self.close_spell(since)
            begin_spell(row, activity, state, since)
        self.day = day

    def turns_to(self, state: int) -> None:
        """A stage imposes a livelihood, or gives the former one back."""
        self.close_spell(self.day)
        begin_spell(self.row, self.activity, state, self.day)

    def close_spell(self, day: int) -> None:
        """Log the spell that ends."""
        if day > self.spell_start:
            self.journal.note_spell((self.person, self.spells, int(self.row[STATE]), self.spell_start, day))
            self.spells += 1
        self.spell_start = day

    # --- the person, today ---------------------------------------------------------------------------------------

    def lasting(self, quantity: int, occurrence: int) -> int:
        """A duration in days for this person, today."""
        return lasts(*self.call, quantity, self.day, self.row, occurrence)

    def times(self, plan: Plan) -> int:
        """How often the person has come to a stage, this visit included."""
        return self.visits[plan.code]

    def tries(self, plan: Plan) -> int:
        """How often the person has sat an exam."""
        return self.attempts[plan.code]
