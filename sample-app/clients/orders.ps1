# Sends an order to the sample and prints the answer: powershell -ExecutionPolicy Bypass -File orders.ps1 [item] [quantity]
param([string] $Item = 'tea', [int] $Quantity = 2)
$ErrorActionPreference = 'Stop'

$pipe = New-Object System.IO.Pipes.NamedPipeClientStream '.', 'orders', 'InOut'
try {
    $pipe.Connect(5000)
    $utf8 = New-Object System.Text.UTF8Encoding $false
    $writer = New-Object System.IO.StreamWriter $pipe, $utf8
    $reader = New-Object System.IO.StreamReader $pipe, $utf8
    $writer.NewLine = "`n"
    $writer.WriteLine((ConvertTo-Json -Compress @{ item = $Item; quantity = $Quantity }))
    $writer.Flush()
    $answer = $reader.ReadLine()
    if ($null -eq $answer) {
        throw 'the sample closed the connection'
    }
    $answer
}
finally {
    $pipe.Dispose()
}
