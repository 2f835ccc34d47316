"""The stacks deployed with the real AWS CLI, without an account."""
