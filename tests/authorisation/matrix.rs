//! Each role against each permission that is needed or named.

use formwork::goal::Goals;
use formwork::prove::Facts;
use formwork::prove::authorisation::{Cell, Matrix, Permitted, matrix};
use formwork::resolve::{Environment, Resolved};
use formwork::template::parse::parse;

use super::{APART, INLINE, WHOLE};

fn of(text: &str) -> Matrix {
    let (template, ..) = parse(text, "t.yaml");
    let environment = Environment::unknown();
    let resolved = Resolved::new(&template, &environment);
    matrix(&resolved, &Goals::default(), Facts::none())
}

#[track_caller]
fn cell<'m>(matrix: &'m Matrix, principal: &str, action: &str, id: &str) -> &'m Cell {
    let is_it = |cell: &&Cell| cell.principal == principal && cell.action == action && cell.id.as_deref() == Some(id);
    matrix.cells.iter().find(is_it).unwrap_or_else(|| panic!("{principal} {action} {id}: {matrix:#?}"))
}

#[test]
fn who_needs_it_is_allowed_and_the_others_are_denied() {
    let matrix = of(INLINE);
    let own = cell(&matrix, "ProxyRole", "secretsmanager:GetSecretValue", "Secret");
    assert_eq!(own.permitted, Permitted::Allowed, "{own:#?}");
    assert_eq!(own.needed_by, ["Proxy"]);
    assert!(own.path.as_deref().is_some_and(|path| path.starts_with("/Resources/")), "{own:#?}");
    let others: Vec<_> =
        matrix.cells.iter().filter(|cell| cell.action == own.action && cell.principal != "ProxyRole").collect();
    assert!(!others.is_empty());
    for other in others {
        assert_eq!(other.permitted, Permitted::Denied, "{other:#?}");
        assert!(other.needed_by.is_empty() && other.says.contains("allows"), "{other:#?}");
    }
}

#[test]
fn every_role_is_held_against_every_permission() {
    for text in [INLINE, APART, WHOLE] {
        let matrix = of(text);
        let roles: std::collections::BTreeSet<_> = matrix.cells.iter().map(|cell| &cell.principal).collect();
        let of = |role: &String| matrix.cells.iter().filter(|cell| cell.principal == *role).count();
        let counts: std::collections::BTreeSet<_> = roles.iter().map(|role| of(role)).collect();
        assert!(!roles.is_empty() && counts.len() == 1, "{counts:?}");
        let needed = matrix.cells.iter().filter(|cell| !cell.needed_by.is_empty());
        for cell in needed {
            assert_eq!(cell.permitted, Permitted::Allowed, "a sound template: {cell:#?}");
        }
    }
}

#[test]
fn what_is_named_and_not_needed_is_there_and_a_condition_makes_it_depend() {
    let text = "
Parameters: { Stage: { Type: String } }
Conditions: { IsProd: !Equals [!Ref Stage, prod] }
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: { Statement: { Effect: Allow, Principal: { Service: lambda.amazonaws.com }, Action: 'sts:AssumeRole' } }
      Policies:
        - PolicyName: queue
          PolicyDocument: { Statement: [{ Effect: Allow, Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-west-1:111122223333:orders' }] }
        - !If [IsProd, { PolicyName: bucket, PolicyDocument: { Statement: [{ Effect: Allow, Action: 's3:GetObject', Resource: 'arn:aws:s3:::orders/1' }] } }, !Ref AWS::NoValue]
        - PolicyName: rest
          PolicyDocument: { Statement: [{ Effect: Deny, Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:eu-west-1:111122223333:bills' }, { Effect: Allow, Action: 'sqs:*', Resource: '*' }] }
";
    let matrix = of(text);
    let told: Vec<_> = matrix
        .cells
        .iter()
        .map(|cell| format!("{} {} {}", cell.permitted.name(), cell.action, cell.resource))
        .collect();
    assert_eq!(
        told,
        [
            "allowed sqs:SendMessage arn:aws:sqs:eu-west-1:111122223333:orders",
            "depends s3:GetObject arn:aws:s3:::orders/1",
            "denied sqs:SendMessage arn:aws:sqs:eu-west-1:111122223333:bills",
        ]
    );
    assert!(matrix.cells[2].says.contains("statement 1 of `rest` of `Role` denies"), "{:#?}", matrix.cells[2]);
}

#[test]
fn a_template_without_roles_has_an_empty_one() {
    assert_eq!(of("Resources: { Topic: { Type: AWS::SNS::Topic } }"), Matrix::default());
}
