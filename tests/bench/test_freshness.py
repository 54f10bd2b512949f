"""The plan of queries, an hour of it, on a clock of its own."""

from bench.freshness import BOUND, QUERIES, SETTLING, Board, percentile


def test_a_thousand_sessions_are_shown_as_of_the_last_minute_at_two_queries_a_second():
    seconds = 600.0

    ages, queries = Board(1000).run(SETTLING + seconds)

    assert percentile(ages, 0.99) <= BOUND
    assert queries / seconds <= 0.8 * QUERIES  # room for those that start and end


def test_the_percentile_counts_the_time_for_which_an_age_was_shown():
    assert round(percentile([(0.0, 100.0)], 0.99)) == 99
    assert round(percentile([(0.0, 10.0)] * 99 + [(20.0, 30.0)], 0.5)) == 5
