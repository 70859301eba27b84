//! What is counted of a queue.

macro_rules! totals {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Sums over what was counted: callers who came after the warm-up and before the end, and time between the two.
        #[derive(Clone, PartialEq, Debug, Default)]
        pub struct Totals {
            $($(#[$doc])* pub $name: f64,)*
        }

        impl Totals {
            /// Adds those of another day or queue.
            pub fn add(&mut self, other: &Totals) {
                $(self.$name += other.$name;)*
            }
        }
    };
}

totals! {
    /// Days.
    days,
    /// Hours by the clock.
    clock_h,
    /// Hours of queues: those of a floor are as many times as long as it has queues.
    hours,
    /// Calls, those again included.
    offered,
    /// Calls of people who had given up before.
    redials,
    /// Answered.
    answered,
    /// Answered within the queue's target time.
    in_target,
    /// Gave up.
    gave_up,
    /// Gave up within the target time.
    gave_up_early,
    /// Milliseconds waited by all.
    waited,
    /// Milliseconds waited by those who were answered.
    waited_answered,
    /// Each day's longest wait in milliseconds, summed.
    longest,
    /// Callers waiting, times hours.
    waiting_h,
    /// Hours with more than five waiting.
    above_5_h,
    /// Hours with more than ten waiting.
    above_10_h,
    /// Person-hours on calls.
    busy_h,
    /// Person-hours signed in and not on a break.
    seated_h,
    /// Person-hours of people who were moved here.
    moved_h,
    /// Hours with anybody moved here.
    moved_any_h,
    /// Person-hours of people who stayed longer or were called from home.
    overtime_h,
    /// Surges.
    surges,
    /// Instructions of any kind.
    instructions,
    /// Calls for people.
    asks,
    /// People asked for.
    people_asked,
    /// People who came.
    people_came,
    /// Calls for people that were declined.
    declined,
    /// Calls for people that were taken back before anybody had come.
    stood_down,
    /// Moves that were taken back after somebody had come.
    stays,
    /// Those of them that lasted less than ten minutes.
    short_stays,
    /// Tiers that were due and could not be called.
    skipped,
    /// Money.
    cost,
}
