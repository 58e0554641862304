use polars::prelude::{Column, DataFrame};

use super::*;

fn golden() -> DataFrame {
    DataFrame::new(
        3,
        vec![Column::new("country".into(), [Some("US"), None, Some("US")]), Column::new("orders".into(), [3i64, 5, 1])],
    )
    .expect("a table")
}

fn config(conditions: &[&str]) -> Config {
    let segment = |(index, condition): (usize, &&str)| crate::config::Segment {
        name: format!("s{index}"),
        condition: (*condition).to_owned(),
        ..crate::config::Segment::default()
    };
    Config { segment: conditions.iter().enumerate().map(segment).collect(), ..Config::default() }
}

#[test]
fn a_person_is_in_a_segment_where_its_condition_is_true_and_not_where_it_is_null() {
    let conditions = ["orders >= 3 AND country = 'US'", "country <> 'DE'", "TRUE", "1 = 2", "orders >= 3"];
    let plan = Plan::new(&config(&conditions), golden().schema(), None, &[]).expect("valid rules");
    let segments = assign(&plan, &golden()).expect("assigns");
    assert_eq!(segments[0], [true, false, false]);
    assert_eq!(segments[1], [true, false, true]);
    assert_eq!(segments[2], [true; 3]);
    assert_eq!(segments[3], [false; 3]);
    assert_eq!(segments[4], [true, true, false]);
}

#[test]
fn constants_and_empty_tables_give_one_answer_per_person() {
    let plan = Plan::new(&config(&["TRUE", "orders > 1"]), golden().schema(), None, &[]).expect("valid rules");
    for height in 0..3 {
        let segments = assign(&plan, &golden().head(Some(height))).expect("assigns");
        assert_eq!(segments[0], vec![true; height]);
        assert_eq!(segments[1].len(), height);
    }
    let none = Plan::new(&config(&[]), golden().schema(), None, &[]).expect("no rules");
    assert!(assign(&none, &golden()).expect("assigns").is_empty());
}

#[test]
fn the_faults_of_all_segments_are_shown_at_once() {
    let faults = Plan::new(&config(&["ordrs > 1", "orders > 1", "contry = 'US'"]), golden().schema(), None, &[])
        .expect_err("two faults")
        .0;
    let places: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert_eq!(faults.len(), 2);
    assert!(places[0].starts_with("config `segment.0.where`: no column `ordrs`\nhint: did you mean `orders`"));
    assert!(places[1].starts_with("config `segment.2.where`: no column `contry`"));
}

#[test]
fn a_person_is_in_the_first_segment_of_a_group_only() {
    let mut config = config(&["orders >= 1", "orders >= 3", "orders >= 5", "country = 'US'"]);
    for (segment, priority) in config.segment.iter_mut().zip([None, Some(2), Some(1)]) {
        (segment.group, segment.priority) = (Some("value".into()), priority);
    }
    let plan = Plan::new(&config, golden().schema(), None, &[]).expect("valid rules");
    let segments = assign(&plan, &golden()).expect("assigns");
    assert_eq!(segments[2], [false, true, false], "first by priority");
    assert_eq!(segments[1], [true, false, false]);
    assert_eq!(segments[0], [false, false, true], "without a priority it comes last");
    assert_eq!(segments[3], [true, false, true], "in no group");
}
