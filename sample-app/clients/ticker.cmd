@rem Prints what the sample's ticker sends, until it is interrupted.
@type \\.\pipe\ticker
