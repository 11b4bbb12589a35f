ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    0000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'="000000~-0000123456789000-()0{}\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202401016/000
0001E/GNU pspp 1.6.23J/x86_64-pc-linux-gnu46/5C/70/1/N5/9/3/5/9/3/70/1/M5/9/3/5/
9/3/C2/é71/2/B11/1/0/1/1/0/C40/A label of one hundred and twenty bytes, which i
s as long as SPSS used to let the label of a value be, and no longer!!!!75/2/B51
/5/0/1/5/0/C8D/Two hundred and fifty-five bytes: abcdefghijklmnopqrstuvwxyz abcd
efghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abc
defghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz ab
cdefghijklmnopqrstuvwxyz end78/2/B81/8/0/1/8/0/70/4/MANY5/3/0/5/3/0/D1/1/N4/-1/B
/£5 or more0/E/ leading blank1/40/A label of one hundred and twenty bytes, whic
h is as long as SPSS used to let the label of a value be, and no longer!!!!2/3/t
woD1/1/M4/-1.F/K/minus one and a half-.300000000003/D/a tenth belowR0000000000A-
E/C/a thousandth52CE69.F/5/largeD1/2/B12/1/ 5/blank1/a6/letterD1/2/B52/5/bb   B/
two of five5/eeeee4/fiveD1/2/B82/8/cccccccc5/eight8/d       C/one of eightD1/4/M
ANYR/-8/E/does not apply1/1/12/1/23/1/34/1/45/1/56/1/67/1/78/1/89/1/9A/2/10B/2/1
1C/2/12D/2/13E/2/14F/2/15G/2/16H/2/17I/2/18J/2/19K/2/2035/9/not asked36/4/none37
/7/refused38/A/don't know39/9/no answer3A/9/a hundredF1/-1.F/1/a5/bb   8/ccccccc
c1/2/0/1/b5/     8/d       3A/ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ
