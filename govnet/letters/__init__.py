"""Letters that members and organisations sign in their own names; none of them speaks for the network."""
